using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;

namespace Orchestrator.Conformance;

/// <summary>Short forms of what tests do to a database, at a time that stands still until the test moves it.</summary>
/// <param name="seams">The database.</param>
public sealed class QueueScript(StorageSeams seams)
{
    /// <summary>The worker that leases, unless a test names another.</summary>
    public static readonly WorkerIdentity Worker = new() { Id = "worker-1", WorkerName = "first", ContainerName = "box-1" };

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ITaskStore Store => seams.Store;

    public ITaskOperations Operations => seams.Operations;

    public ITaskPlanStore Plans => seams.Plans;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TaskSubmission Submission(string id) => new() { Id = id, Type = "test", Payload = "1" };

    public static PlanTask Step(string id, params ReadOnlySpan<string> dependsOn) => new() { Task = Submission(id), DependsOn = ValueList.Create(dependsOn) };

    public async Task<EnqueueResult> AddAsync(string id, Func<TaskSubmission, TaskSubmission>? change = null) =>
        Assert.Single(await Store.AddAsync([change is null ? Submission(id) : change(Submission(id))], Now, Cancel));

    public async Task AddPlanAsync(string id, params PlanTask[] tasks) =>
        Assert.Equal(EnqueueStatus.Enqueued, await Plans.AddAsync(new TaskPlan { Id = id, Tasks = ValueList.Create<PlanTask>(tasks) }, Now, Cancel));

    /// <summary>Leases this task; <see langword="null"/> when it cannot run now.</summary>
    public async Task<TaskLease?> TryLeaseAsync(string taskId, string queue = TaskSubmission.DefaultQueue) =>
        (await Store.LeaseAsync(new LeaseRequest { Worker = Worker, Queue = queue, TaskId = taskId }, Now, Cancel)).SingleOrDefault();

    public async Task<LeaseToken> LeaseAsync(string taskId, string queue = TaskSubmission.DefaultQueue)
    {
        var lease = await TryLeaseAsync(taskId, queue);
        Assert.True(lease is not null, $"Task '{taskId}' cannot be leased: {string.Join(' ', (await Operations.ExplainAsync(taskId, Now, Cancel)).Select(wait => wait.Message))}");
        return lease.Token;
    }

    public async Task CompleteAsync(string taskId, string? result = null) => await EndAsync(TaskOutcome.Completed(await LeaseAsync(taskId), result));

    public async Task FailAsync(string taskId, string code = "broken") => await EndAsync(TaskOutcome.Failed(await LeaseAsync(taskId), Failure(code)));

    public async Task EndAsync(params TaskOutcome[] outcomes) =>
        Assert.All((await Store.EndAsync(ValueList.Create<TaskOutcome>(outcomes), null, Now, Cancel)).Ended, status => Assert.Equal(LeaseStatus.Held, status));

    public async Task<QueuedTask> GetAsync(string taskId)
    {
        var task = await Store.GetAsync(taskId, Cancel);
        Assert.NotNull(task);
        return task;
    }

    /// <summary>The states of tasks in a line: <c>a completed, b cancelled</c>.</summary>
    public async Task<string> StatesAsync(params string[] taskIds)
    {
        var states = new List<string>();
        foreach (var id in taskIds)
        {
            states.Add($"{id} {(await GetAsync(id)).State.ToString().ToLowerInvariant()}");
        }

        return string.Join(", ", states);
    }

    public async Task<TaskChangeStatus> CancelAsync(string taskId) => await Operations.CancelAsync(taskId, Now, Cancel);

    public async Task<ValueList<TaskChangeStatus>> RetryAsync(params string[] taskIds) => await Operations.RetryAsync(ValueList.Create<string>(taskIds), Now, Cancel);

    public async Task<PlanStatus> PlanAsync(string planId)
    {
        var plan = await Plans.GetAsync(planId, Cancel);
        Assert.NotNull(plan);
        return plan;
    }

    public static TaskFailure Failure(string code = "broken", bool retryable = false) => new() { Code = code, Message = $"It is {code}.", Retryable = retryable };
}
