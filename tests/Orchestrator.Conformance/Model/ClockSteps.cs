using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>What is done because time has passed, and a look around.</summary>
internal static class ClockSteps
{
    public static async Task DiscardOverdueAsync(ModelRun run, Random random)
    {
        var ids = await run.AnyProcess(random).Store.DiscardOverdueAsync(run.Queue.Now, run.Cancel);
        run.Note($"deadlines passed -> {string.Join(", ", ids)}");
        var overdue = run.Queue.Tasks.Where(task => task.IsWaiting && task.Deadline <= run.Queue.Now).OrderBy(task => task.Order).ToList();
        ModelMismatchException.Unless(ids.Equals(overdue.Select(task => task.Id).ToValueList()), $"discarded: {ids} instead of [{string.Join(", ", overdue.Select(task => task.Id))}]");
        foreach (var task in overdue)
        {
            (task.State, task.FailureCode) = (QueuedTaskState.Discarded, TaskFailureCodes.DeadlinePassed);
        }

        overdue.ForEach(task => ModelPlan.Evaluate(run.Queue, task));
    }

    public static async Task InspectAsync(ModelRun run, Random random)
    {
        var process = run.AnyProcess(random);
        run.Note("look around");
        await CompareStatisticsAsync(run, process);

        var next = await process.Store.GetNextDueAsync(run.Queue.Name, run.Queue.Now, run.Cancel);
        var due = run.Queue.Tasks.Where(task => (task.State is QueuedTaskState.Scheduled or QueuedTaskState.Retryable) && task.AvailableAt > run.Queue.Now)
            .Select(task => (DateTimeOffset?)task.AvailableAt).Min();

        // A bucket that fills may come first; the conformance tests say exactly when.
        var hasRates = run.Queue.Groups.Values.Any(group => run.Queue.RateOf(group) is not null);
        ModelMismatchException.Unless(next == due || (hasRates && next > run.Queue.Now && (due is null || next < due)), $"the next task is due at {next:O} instead of {due:O}");

        if (run.Queue.Tasks.Count > 0)
        {
            await InspectAsync(run, process, run.Queue.Tasks[random.Next(run.Queue.Tasks.Count)]);
        }
    }

    public static async Task CompareStatisticsAsync(ModelRun run, ModelProcess process)
    {
        var actual = await process.Operations.GetStatisticsAsync(run.Queue.Name, run.Cancel);
        var expected = new QueueStatistics
        {
            Scheduled = Count(QueuedTaskState.Scheduled),
            Available = Count(QueuedTaskState.Available),
            Running = Count(QueuedTaskState.Running),
            Retryable = Count(QueuedTaskState.Retryable),
            Blocked = Count(QueuedTaskState.Blocked),
            Completed = Count(QueuedTaskState.Completed),
            Cancelled = Count(QueuedTaskState.Cancelled),
            Discarded = Count(QueuedTaskState.Discarded),
        };
        ModelMismatchException.Unless(actual == expected, $"the counters show {actual} instead of {expected}");

        long Count(QueuedTaskState state) => run.Queue.Tasks.Count(task => task.State == state);
    }

    private static async Task InspectAsync(ModelRun run, ModelProcess process, ModelTask task)
    {
        var dependencies = await process.Store.GetDependenciesAsync(task.Id, run.Cancel);
        var expected = ModelPlan.Parents(run.Queue, task).Where(parent => parent.IsFinished).OrderBy(parent => parent.Id, StringComparer.Ordinal)
            .Select(parent => (parent.Id, parent.State)).ToList();
        ModelMismatchException.Unless(
            expected.SequenceEqual(dependencies.Select(result => (result.TaskId, result.State))), $"the ends before {task.Id} are {dependencies} instead of [{string.Join(", ", expected)}]");

        var waits = await process.Operations.ExplainAsync(task.Id, run.Queue.Now, run.Cancel);
        var reason = Reason(run.Queue, task);
        ModelMismatchException.Unless(reason is null || waits.Any(wait => wait.Reason == reason), $"{task.Id} waits for {reason}, but the explanation is {waits}");
    }

    private static TaskWaitReason? Reason(ModelQueue queue, ModelTask task) => task switch
    {
        { IsFinished: true } or { State: QueuedTaskState.Running } => TaskWaitReason.NotWaiting,
        _ when task.Deadline <= queue.Now => TaskWaitReason.DeadlinePassed,
        { State: QueuedTaskState.Blocked, IsGateOpen: true } => TaskWaitReason.Approval,
        { State: QueuedTaskState.Blocked } => TaskWaitReason.Dependencies,
        _ when queue.Settings.IsPaused => TaskWaitReason.QueuePaused,
        _ when !ModelWindow.IsOpen(task.Submission.Window, queue.Now) => TaskWaitReason.WindowClosed,
        _ when task.AvailableAt > queue.Now => TaskWaitReason.NotDue,
        _ when queue.Settings.MaxRunning is { } limit && queue.RunningSlots + task.Slots > limit => TaskWaitReason.QueueLimit,
        _ when task.Group is { } group && queue.LimitOf(queue.GroupOf(group)) is { } limit && queue.RunningSlotsOf(group) + task.Slots > limit => TaskWaitReason.GroupLimit,
        _ when task.Submission.Assignment is not null => TaskWaitReason.Assignment,
        _ when task.Group is { } group && queue.RateOf(queue.GroupOf(group)) is not null => null, // the tokens are not known for sure
        _ => TaskWaitReason.Worker,
    };
}
