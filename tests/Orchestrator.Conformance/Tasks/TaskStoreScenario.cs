using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>What the suites of <see cref="ITaskStore"/> have in common: an empty database, a time, workers, and the shortest ways to ask.</summary>
public abstract class TaskStoreScenario : IAsyncLifetime
{
    protected static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    protected static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    protected static readonly WorkerIdentity Worker = new() { Id = "worker-1", WorkerName = "first", ContainerName = "pod-1" };
    protected static readonly WorkerIdentity OtherWorker = new() { Id = "worker-2", WorkerName = "second" };
    protected static readonly TaskFailure Transient = new() { Code = "unavailable", Message = "down", Retryable = true };

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ITaskStore Store { get; private set; } = null!;

    protected ITaskOperations Operations { get; private set; } = null!;

    protected ITaskPlanStore Plans { get; private set; } = null!;

    /// <summary>Opens the test's database: once more each time it is called, as another process would.</summary>
    protected abstract StorageSeams Open();

    public ValueTask InitializeAsync()
    {
        (Store, Operations, Plans, _) = Open();
        return Store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens the database once more.</summary>
    protected ITaskStore OpenStore() => Open().Store;

    protected static TaskSubmission New(string id) => new() { Id = id, Type = "test", Payload = "1" };

    protected static TaskSubmission New(string id, string group) => New(id) with { Group = group };

    protected static LeaseRequest Ask(int count = 1) => new() { Worker = Worker, Count = count, Duration = Minute };

    protected ValueTask<ValueList<EnqueueResult>> AddAsync(DateTimeOffset now, params TaskSubmission[] tasks) => Store.AddAsync([.. tasks], now, Cancel);

    protected async Task AddAsync(params TaskSubmission[] tasks) =>
        Assert.All(await Store.AddAsync([.. tasks], Now, Cancel), result => Assert.Equal(EnqueueStatus.Enqueued, result.Status));

    protected ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset? now = null) => Store.LeaseAsync(request, now ?? Now, Cancel);

    /// <summary>Leases as many as asked for and tells their ids.</summary>
    protected async Task<IEnumerable<string>> LeaseIdsAsync(LeaseRequest request, DateTimeOffset? now = null) => (await LeaseAsync(request, now)).Select(lease => lease.Task.Id);

    /// <summary>Leases the one task that can run.</summary>
    protected async Task<TaskLease> LeaseOneAsync(DateTimeOffset? now = null, WorkerIdentity? worker = null) =>
        Assert.Single(await LeaseAsync(Ask() with { Worker = worker ?? Worker }, now));

    protected async Task<LeaseStatus> EndAsync(TaskOutcome outcome, DateTimeOffset? now = null) => Assert.Single((await Store.EndAsync([outcome], null, now ?? Now, Cancel)).Ended);

    protected async Task<QueuedTask> GetAsync(string id) => Assert.IsType<QueuedTask>(await Store.GetAsync(id, Cancel));

    /// <summary>A task's state, attempts and crashes.</summary>
    protected async Task<(QueuedTaskState State, int Attempt, int Crashes)> StandAsync(string id)
    {
        var task = await GetAsync(id);
        return (task.State, task.Attempt, task.Crashes);
    }

    protected async Task<QueuedTaskState> StateAsync(string id) => (await GetAsync(id)).State;

    protected async Task SetAsync(QueueSettings settings) => await Operations.SetQueueAsync(settings, Now, Cancel);

    protected async Task SetAsync(GroupSettings settings) => await Operations.SetGroupAsync(settings, Now, Cancel);
}
