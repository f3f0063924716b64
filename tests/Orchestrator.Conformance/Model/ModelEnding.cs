using Orchestrator.Queue;
using Orchestrator.Testing;

namespace Orchestrator.Conformance.Model;

/// <summary>The end of every program: what is left is worked off - nothing may hang - and then the books must be right.</summary>
internal static class ModelEnding
{
    private const int MaxRounds = 80;

    public static async Task RunAsync(ModelRun run, ModelFeed feed)
    {
        await LiftLimitsAsync(run);
        for (var (round, worker) = (0, 0); run.Queue.Tasks.Exists(task => !task.IsFinished); round++)
        {
            var open = run.Queue.Tasks.Where(task => !task.IsFinished).Select(task => $"{task.Id} ({task.State})");
            ModelMismatchException.Unless(round < MaxRounds, $"never ends: {string.Join(", ", open)}");
            worker = await WorkAsync(run, worker) ? 0 : worker + 1;
        }

        await ClockSteps.CompareStatisticsAsync(run, run.Processes[0]);
        await ComparePlansAsync(run);
        await ModelBooks.CheckAsync(run, feed);
    }

    private static async Task LiftLimitsAsync(ModelRun run)
    {
        run.Note("-- the end");
        await OperatorSteps.SetQueueAsync(run, new QueueSettings { Queue = run.Queue.Name });
        foreach (var group in run.Queue.Groups.Values.Where(group => group.Settings is not null))
        {
            await OperatorSteps.SetGroupAsync(run, new GroupSettings { Queue = run.Queue.Name, Group = group.Name });
        }
    }

    /// <summary>One worker ends all that runs and takes all it can; when nothing is left for anybody right now, time passes.</summary>
    /// <returns>Whether the next is the first worker again: all were asked, or time passed.</returns>
    private static async Task<bool> WorkAsync(ModelRun run, int worker)
    {
        foreach (var gate in run.Queue.Tasks.Where(task => task.IsGateOpen && task.State == QueuedTaskState.Blocked && !(task.Deadline <= run.Queue.Now)).ToList())
        {
            await OperatorSteps.DecideAsync(run, gate, isApproved: true);
        }

        if (run.Queue.Tasks.Exists(task => task.IsWaiting && task.Deadline <= run.Queue.Now))
        {
            await ClockSteps.DiscardOverdueAsync(run, SeededRandom.Create(0));
        }

        var outcomes = run.Queue.Tasks.Where(task => task.State == QueuedTaskState.Running).Select(task => TaskOutcome.Completed(task.Token)).ToValueList();
        var request = new LeaseRequest { Worker = run.Workers.Get(worker), Labels = ModelWorkers.Labels(worker), Queue = run.Queue.Name, Count = 1000 };
        await WorkerSteps.EndAsync(run, run.Processes[worker % run.Processes.Count], outcomes, request);
        await run.CompareAsync();
        var isLast = worker == ModelWorkers.Count - 1;
        if (run.Queue.Tasks.Exists(task => task.State == QueuedTaskState.Running) || (!isLast && IsAnythingLeftNow(run.Queue)))
        {
            return isLast;
        }

        Wait(run.Queue);
        return true;
    }

    /// <summary>Whether another worker, or whoever decides gates, may have something to do before time passes.</summary>
    private static bool IsAnythingLeftNow(ModelQueue queue) => queue.Tasks.Exists(task => task.State == QueuedTaskState.Blocked
        ? task.IsGateOpen
        : task.IsWaiting && task.AvailableAt <= queue.Now && ModelWindow.IsOpen(task.Submission.Window, queue.Now));

    private static void Wait(ModelQueue queue)
    {
        var next = queue.Tasks.Where(task => task.IsWaiting && task.State != QueuedTaskState.Blocked)
            .Select(task => ModelWindow.Opening(task.Submission.Window, task.AvailableAt > queue.Now ? task.AvailableAt : queue.Now)).Where(time => time > queue.Now).ToList();
        queue.Now = next.Count > 0 ? next.Min() : queue.Now.AddHours(1);
    }

    private static async Task ComparePlansAsync(ModelRun run)
    {
        foreach (var plan in run.Queue.Plans.Values)
        {
            var status = await run.Processes[1].Plans.GetAsync(plan.Id, run.Cancel);
            var tasks = run.Queue.Tasks.FindAll(task => task.PlanId == plan.Id);
            var expected = ModelPlan.StateOf(tasks);
            ModelMismatchException.Unless(status is { FinishedAt: not null } && status.State == expected, $"{plan.Id} is {status?.State} since {status?.FinishedAt:O} instead of {expected}");
            ModelMismatchException.Unless(
                status!.Tasks.Select(task => (task.TaskId, task.State)).ToHashSet().SetEquals(tasks.Select(task => (task.Id, task.State))), $"{plan.Id} shows other tasks than there are");
        }
    }
}
