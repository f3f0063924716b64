using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>A plan as the model knows it, and the rules of what depends on what.</summary>
internal sealed class ModelPlan(string id)
{
    public string Id { get; } = id;

    /// <summary>Moves what depends on a task that has ended.</summary>
    public static void Evaluate(ModelQueue queue, ModelTask ended)
    {
        if (ended.PlanId is null)
        {
            return;
        }

        foreach (var child in queue.Tasks.Where(task => task.State == QueuedTaskState.Blocked && !task.IsGateOpen && task.DependsOn.Contains(ended.Id)).ToList())
        {
            Settle(queue, child);
        }
    }

    /// <summary>Releases or cancels a blocked task whose dependencies say so.</summary>
    public static void Settle(ModelQueue queue, ModelTask child)
    {
        if (child.State != QueuedTaskState.Blocked)
        {
            return;
        }

        switch (Judge(queue, child))
        {
            case ModelVerdict.Release when child.IsGate:
                child.IsGateOpen = true;
                break;
            case ModelVerdict.Release:
                Release(queue, child);
                break;
            case ModelVerdict.Cancel:
                child.FailureCode = TaskFailureCodes.DependencyUnmet;
                queue.Finish(child, QueuedTaskState.Cancelled);
                break;
            default:
                break;
        }
    }

    /// <summary>After a task of a plan was retried: what was cancelled because of it waits again.</summary>
    /// <returns>What waits again, or was looked at again.</returns>
    public static IReadOnlyList<ModelTask> BlockDependents(ModelQueue queue, ModelTask retried)
    {
        var blocked = new List<ModelTask>();
        for (var parents = new Queue<ModelTask>([retried]); parents.TryDequeue(out var parent);)
        {
            foreach (var child in queue.Tasks.FindAll(task => task.DependsOn.Contains(parent.Id) && IsUnmet(task) && queue.Keys.MayTakeAgain(task, queue)))
            {
                Block(queue, child);
                blocked.Add(child);
                parents.Enqueue(child);
            }
        }

        blocked.ForEach(task => Settle(queue, task));
        return blocked;
    }

    public static void Block(ModelQueue queue, ModelTask task)
    {
        (task.State, task.IsGateOpen, task.FailureCode, task.Attempt, task.Crashes) = (QueuedTaskState.Blocked, false, null, 0, 0);
        task.Deadline = task.Deadline <= queue.Now ? null : task.Deadline;
        queue.Keys.TakeAgain(task);
    }

    private static bool IsUnmet(ModelTask task) => task.State == QueuedTaskState.Cancelled && task.FailureCode == TaskFailureCodes.DependencyUnmet;

    public static PlanState StateOf(IReadOnlyList<ModelTask> tasks) =>
        tasks.Any(task => !task.IsFinished) ? PlanState.Running
        : tasks.Any(task => task.State == QueuedTaskState.Discarded) ? PlanState.Failed
        : tasks.Any(task => task.State == QueuedTaskState.Cancelled && task.FailureCode != TaskFailureCodes.DependencyUnmet) ? PlanState.Cancelled
        : PlanState.Completed;

    public static ModelVerdict Judge(ModelQueue queue, ModelTask child) => Judge(child.Condition, Parents(queue, child));

    /// <summary>What a task depends on, but for what was deleted.</summary>
    public static IReadOnlyList<ModelTask> Parents(ModelQueue queue, ModelTask child) => [.. child.DependsOn.Select(queue.Find).OfType<ModelTask>()];

    private static void Release(ModelQueue queue, ModelTask child)
    {
        var planned = child.AvailableAt;
        queue.MakeWaiting(child, planned > queue.Now ? planned : queue.Now);
        child.OtherTimes.Add(planned);
    }

    private static ModelVerdict Judge(PlanCondition condition, IReadOnlyList<ModelTask> parents)
    {
        var haveEnded = parents.All(task => task.IsFinished);
        var anyCompleted = parents.Any(task => task.State == QueuedTaskState.Completed);
        var anyFailed = parents.Any(task => task.State is QueuedTaskState.Cancelled or QueuedTaskState.Discarded);
        return condition switch
        {
            PlanCondition.AnySucceeded => anyCompleted ? ModelVerdict.Release : haveEnded ? ModelVerdict.Cancel : ModelVerdict.Wait,
            PlanCondition.AnyFailed => anyFailed ? ModelVerdict.Release : haveEnded ? ModelVerdict.Cancel : ModelVerdict.Wait,
            PlanCondition.AllFinished => haveEnded ? ModelVerdict.Release : ModelVerdict.Wait,
            _ => anyFailed ? ModelVerdict.Cancel : haveEnded ? ModelVerdict.Release : ModelVerdict.Wait,
        };
    }
}
