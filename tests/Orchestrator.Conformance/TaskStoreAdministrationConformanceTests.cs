using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance;

/// <summary>What every <see cref="ITaskStore"/> must do for operators and after crashes. Each test starts with an empty database.</summary>
public abstract class TaskStoreAdministrationConformanceTests : IAsyncLifetime
{
    private static readonly WorkerIdentity Worker = new() { Id = "worker-1", WorkerName = "first" };
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private ITaskStore _store = null!;

    /// <summary>Opens the test's database.</summary>
    protected abstract ITaskStore Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = Open();
        return _store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_waiting_task_is_cancelled_at_once()
    {
        await AddAsync("available");
        await AddAsync("scheduled", submission => submission with { AvailableAt = Now + Minute });

        Assert.Equal(TaskChangeStatus.Changed, await _store.CancelAsync("available", Now, Cancel));
        Assert.Equal(TaskChangeStatus.Changed, await _store.CancelAsync("scheduled", Now, Cancel));

        Assert.Equal((QueuedTaskState.Cancelled, Now), await EndAsync("available"));
        Assert.Equal((QueuedTaskState.Cancelled, Now), await EndAsync("scheduled"));
        Assert.Empty(await LeaseAsync(Now + Minute));
    }

    [Fact]
    public async Task A_retryable_task_can_be_cancelled()
    {
        await AddAsync("t1", submission => submission with { MaxAttempts = 2 });
        await FailAsync(Assert.Single(await LeaseAsync()).Token);

        Assert.Equal(TaskChangeStatus.Changed, await _store.CancelAsync("t1", Now, Cancel));

        Assert.Equal((QueuedTaskState.Cancelled, Now), await EndAsync("t1"));
    }

    [Fact]
    public async Task The_worker_of_a_running_task_hears_of_the_cancelling_with_its_next_renewal()
    {
        await AddAsync("t1");
        var lease = Assert.Single(await LeaseAsync()).Token;

        var before = Assert.Single(await _store.RenewAsync([lease], Minute, Now, Cancel));
        var status = await _store.CancelAsync("t1", Now, Cancel);
        var after = Assert.Single(await _store.RenewAsync([lease], Minute, Now, Cancel));
        var ended = await _store.CancelledAsync(lease, """{"done":"half"}""", Now + Minute, Cancel);

        Assert.Equal(new LeaseRenewal(lease, LeaseStatus.Held, CancelRequested: false), before);
        Assert.Equal(TaskChangeStatus.Requested, status);
        Assert.Equal(new LeaseRenewal(lease, LeaseStatus.Held, CancelRequested: true), after);
        Assert.Equal(LeaseStatus.Held, ended);
        Assert.Equal((QueuedTaskState.Cancelled, Now + Minute), await EndAsync("t1"));
        Assert.Equal("""{"done":"half"}""", (await GetAsync("t1")).Result);
    }

    [Fact]
    public async Task A_task_that_shall_be_cancelled_is_not_run_again_however_its_attempt_ends()
    {
        foreach (var id in (string[])["released", "failed", "crashed"])
        {
            await AddAsync(id, submission => submission with { MaxAttempts = 9 });
        }

        var leases = (await LeaseAsync(count: 3)).ToDictionary(lease => lease.Task.Id, lease => lease.Token);
        await _store.CancelAsync("released", Now, Cancel);
        await _store.CancelAsync("failed", Now, Cancel);
        await _store.CancelAsync("crashed", Now, Cancel);
        await _store.ReleaseAsync(leases["released"], Now, Cancel);
        await FailAsync(leases["failed"]);
        await _store.ReclaimAsync(Worker.Id, Now, Cancel);

        Assert.Equal((QueuedTaskState.Cancelled, Now), await EndAsync("released"));
        Assert.Equal((QueuedTaskState.Cancelled, Now), await EndAsync("failed"));
        Assert.Equal((QueuedTaskState.Cancelled, Now), await EndAsync("crashed"));
    }

    [Fact]
    public async Task A_finished_task_cannot_be_cancelled_and_a_missing_one_is_not_found()
    {
        await AddAsync("t1");
        await _store.CompleteAsync(Assert.Single(await LeaseAsync()).Token, null, Now, Cancel);

        Assert.Equal(TaskChangeStatus.WrongState, await _store.CancelAsync("t1", Now, Cancel));
        Assert.Equal(TaskChangeStatus.NotFound, await _store.CancelAsync("t2", Now, Cancel));
    }

    [Fact]
    public async Task A_retried_task_starts_anew_with_a_fencing_token_that_goes_on()
    {
        await AddAsync("t1", submission => submission with { Deadline = Now + Minute });
        var first = Assert.Single(await LeaseAsync()).Token;
        await FailAsync(first);

        var status = await _store.RetryAsync("t1", Now + Minute, Cancel);

        Assert.Equal(TaskChangeStatus.Changed, status);
        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Available, 0, Now + Minute, null, null), (task.State, task.Attempt, task.AvailableAt, task.FinishedAt, task.Deadline));
        Assert.Equal(2, Assert.Single(await LeaseAsync(Now + Minute)).Token.LeaseId);
        Assert.Equal(LeaseStatus.Lost, await _store.CompleteAsync(first, null, Now, Cancel));
    }

    [Fact]
    public async Task Only_discarded_and_cancelled_tasks_can_be_retried()
    {
        await AddAsync("cancelled");
        await _store.CancelAsync("cancelled", Now, Cancel);
        await AddAsync("waiting", submission => submission with { AvailableAt = Now + Minute });

        Assert.Equal(TaskChangeStatus.Changed, await _store.RetryAsync("cancelled", Now, Cancel));
        Assert.Equal(TaskChangeStatus.WrongState, await _store.RetryAsync("waiting", Now, Cancel));
        await _store.CompleteAsync(Assert.Single(await LeaseAsync()).Token, null, Now, Cancel);
        Assert.Equal(TaskChangeStatus.WrongState, await _store.RetryAsync("cancelled", Now, Cancel));
        Assert.Equal(TaskChangeStatus.NotFound, await _store.RetryAsync("none", Now, Cancel));
    }

    [Fact]
    public async Task A_task_whose_deduplication_key_is_taken_cannot_be_retried()
    {
        await AddAsync("t1", submission => submission with { DeduplicationKey = "k" });
        await _store.CancelAsync("t1", Now, Cancel);
        await AddAsync("t2", submission => submission with { DeduplicationKey = "k" });

        Assert.Equal(TaskChangeStatus.WrongState, await _store.RetryAsync("t1", Now, Cancel));
        Assert.Equal(QueuedTaskState.Cancelled, (await GetAsync("t1")).State);
    }

    [Fact]
    public async Task What_a_dead_worker_held_is_available_again_and_a_crash_is_counted_instead_of_an_attempt()
    {
        await AddAsync("t1");
        await AddAsync("t2");
        await AddAsync("t3");
        await LeaseAsync(count: 2);
        await _store.LeaseAsync(new LeaseRequest { Worker = new() { Id = "alive", WorkerName = "alive" } }, Now, Cancel);

        var reclaimed = await _store.ReclaimAsync(Worker.Id, Now, Cancel);

        Assert.Equal(["t1", "t2"], reclaimed);
        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Available, 0, 1), (task.State, task.Attempt, task.Crashes));
        Assert.Equal(QueuedTaskState.Running, (await GetAsync("t3")).State);
        Assert.Empty(await _store.ReclaimAsync(Worker.Id, Now, Cancel));
    }

    [Fact]
    public async Task A_task_that_kills_its_workers_is_discarded()
    {
        await AddAsync("t1", submission => submission with { MaxAttempts = 100 });
        foreach (var _ in Enumerable.Range(0, TaskStoreLimits.MaxCrashes))
        {
            await LeaseAsync();
            await _store.ReclaimAsync(Worker.Id, Now, Cancel);
        }

        Assert.Equal(QueuedTaskState.Available, (await GetAsync("t1")).State);
        await LeaseAsync();
        var last = await _store.ReclaimExpiredAsync(Now + Minute, Cancel);

        Assert.Equal(["t1"], last);
        Assert.Equal((QueuedTaskState.Discarded, Now + Minute), await EndAsync("t1"));
        Assert.Equal(TaskFailureCodes.WorkerCrashed, (await GetAsync("t1")).Failure!.Code);
    }

    [Fact]
    public async Task A_task_whose_deadline_passed_is_never_leased_and_is_discarded()
    {
        await AddAsync("t1", submission => submission with { Deadline = Now + Minute });
        await AddAsync("t2", submission => submission with { Deadline = Now + (2 * Minute) });
        await LeaseAsync();

        Assert.Equal("t2", Assert.Single(await LeaseAsync(Now + Minute, count: 9)).Task.Id);
        await AddAsync("t3", submission => submission with { Deadline = Now + Minute });
        Assert.Empty(await LeaseAsync(Now + Minute, count: 9));
        var discarded = await _store.DiscardOverdueAsync(Now + Minute, Cancel);

        Assert.Equal(["t3"], discarded);
        Assert.Equal((QueuedTaskState.Discarded, Now + Minute), await EndAsync("t3"));
        Assert.Equal(TaskFailureCodes.DeadlinePassed, (await GetAsync("t3")).Failure!.Code);
        Assert.Equal(QueuedTaskState.Running, (await GetAsync("t1")).State);
    }

    [Fact]
    public async Task Tasks_are_listed_newest_first_and_filtered()
    {
        await AddAsync("t1");
        await AddAsync("t2", submission => submission with { Queue = "elsewhere" });
        await AddAsync("t3", submission => submission with { Type = "other" });
        await LeaseAsync();

        Assert.Equal(["t3", "t2", "t1"], await ListAsync(new TaskQuery()));
        Assert.Equal(["t3", "t2"], await ListAsync(new TaskQuery { Limit = 2 }));
        Assert.Equal(["t2"], await ListAsync(new TaskQuery { Queue = "elsewhere" }));
        Assert.Equal(["t3"], await ListAsync(new TaskQuery { Type = "other" }));
        Assert.Equal(["t1"], await ListAsync(new TaskQuery { State = QueuedTaskState.Running }));
        Assert.Empty(await ListAsync(new TaskQuery { Queue = "elsewhere", Type = "other" }));
    }

    [Fact]
    public async Task Statistics_count_every_state()
    {
        foreach (var i in Enumerable.Range(0, 5))
        {
            await AddAsync($"t{i}", submission => submission with { MaxAttempts = i == 1 ? 2 : 1 });
        }

        await AddAsync("later", submission => submission with { AvailableAt = Now + Minute });
        await AddAsync("elsewhere", submission => submission with { Queue = "elsewhere" });
        var leases = await LeaseAsync(count: 4);
        await _store.CompleteAsync(leases[0].Token, null, Now, Cancel);
        await FailAsync(leases[1].Token);
        await FailAsync(leases[2].Token);
        await _store.CancelAsync("t4", Now, Cancel);

        Assert.Equal(
            new QueueStatistics { Scheduled = 1, Running = 1, Completed = 1, Retryable = 1, Discarded = 1, Cancelled = 1 },
            await _store.GetStatisticsAsync(TaskSubmission.DefaultQueue, Cancel));
        Assert.Equal(1, (await _store.GetStatisticsAsync(null, Cancel)).Available);
        Assert.Equal(new QueueStatistics(), await _store.GetStatisticsAsync("none", Cancel));
    }

    private async Task AddAsync(string id, Func<TaskSubmission, TaskSubmission>? change = null)
    {
        var submission = new TaskSubmission { Id = id, Type = "test", Payload = "1" };
        var result = await _store.AddAsync(change?.Invoke(submission) ?? submission, Now, Cancel);
        Assert.Equal(EnqueueStatus.Enqueued, result.Status);
    }

    private ValueTask<ValueList<TaskLease>> LeaseAsync(DateTimeOffset? now = null, int count = 1) =>
        _store.LeaseAsync(new LeaseRequest { Worker = Worker, Count = count, Duration = Minute }, now ?? Now, Cancel);

    private async Task FailAsync(LeaseToken lease)
    {
        var failure = new TaskFailure { Code = "unavailable", Message = "down", Retryable = true };
        Assert.Equal(LeaseStatus.Held, await _store.FailAsync(lease, failure, Minute, Now, Cancel));
    }

    private async Task<QueuedTask> GetAsync(string id) => Assert.IsType<QueuedTask>(await _store.GetAsync(id, Cancel));

    private async Task<(QueuedTaskState State, DateTimeOffset? At)> EndAsync(string id)
    {
        var task = await GetAsync(id);
        return (task.State, task.FinishedAt);
    }

    private async Task<IEnumerable<string>> ListAsync(TaskQuery query) => (await _store.ListAsync(query, Cancel)).Select(task => task.Id);
}
