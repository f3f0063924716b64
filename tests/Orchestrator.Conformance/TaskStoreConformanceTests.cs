using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance;

/// <summary>What every <see cref="ITaskStore"/> must do. Each test starts with an empty database.</summary>
public abstract class TaskStoreConformanceTests : IAsyncLifetime
{
    private static readonly WorkerIdentity Worker = new() { Id = "worker-1", WorkerName = "first", ContainerName = "pod-1" };
    private static readonly WorkerIdentity OtherWorker = new() { Id = "worker-2", WorkerName = "second" };
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private ITaskStore _store = null!;

    /// <summary>Opens the test's database: once more each time it is called, as another process would.</summary>
    protected abstract ITaskStore Open();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
    public async Task A_task_is_kept_as_it_was_submitted()
    {
        var submission = new TaskSubmission
        {
            Id = "t1",
            Type = "agent_task",
            Payload = """{"a":"ä€😀"}""",
            Queue = "agents",
            Priority = -7,
            AvailableAt = Now + Minute,
            Deadline = Now + (2 * Minute),
            MaxAttempts = 4,
            DeduplicationKey = "key",
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        var result = await _store.AddAsync(submission, Now, Cancel);

        Assert.Equal(new EnqueueResult(EnqueueStatus.Enqueued, "t1"), result);
        Assert.Equal(
            new QueuedTask
            {
                Id = "t1",
                Queue = "agents",
                Type = "agent_task",
                Payload = submission.Payload,
                State = QueuedTaskState.Scheduled,
                Priority = -7,
                MaxAttempts = 4,
                TraceParent = submission.TraceParent,
                CreatedAt = Now,
                AvailableAt = Now + Minute,
                Deadline = Now + (2 * Minute),
            },
            await _store.GetAsync("t1", Cancel));
        Assert.Null(await _store.GetAsync("t2", Cancel));
    }

    [Fact]
    public async Task Another_instance_finds_what_the_first_one_committed()
    {
        await AddAsync("t1");

        var other = Open();
        await other.InitializeAsync(Cancel);
        await other.InitializeAsync(Cancel);

        Assert.Equal("t1", Assert.Single(await LeaseAsync(other)).Task.Id);
        Assert.Equal(QueuedTaskState.Running, (await GetAsync("t1")).State);
    }

    [Fact]
    public async Task The_same_id_is_a_duplicate_and_changes_nothing()
    {
        await AddAsync("t1");

        var second = await _store.AddAsync(new TaskSubmission { Id = "t1", Type = "other", Payload = "2" }, Now, Cancel);

        Assert.Equal(new EnqueueResult(EnqueueStatus.Duplicate, "t1"), second);
        Assert.Equal("test", (await GetAsync("t1")).Type);
    }

    [Fact]
    public async Task A_deduplication_key_holds_within_its_queue_until_the_task_is_finished()
    {
        await AddAsync("t1", submission => submission with { DeduplicationKey = "k" });

        var same = await AddAsync("t2", submission => submission with { DeduplicationKey = "k" });
        var elsewhere = await AddAsync("t3", submission => submission with { DeduplicationKey = "k", Queue = "elsewhere" });
        await _store.CompleteAsync(Assert.Single(await LeaseAsync()).Token, null, Now, Cancel);
        var afterwards = await AddAsync("t4", submission => submission with { DeduplicationKey = "k" });

        Assert.Equal(new EnqueueResult(EnqueueStatus.Duplicate, "t1"), same);
        Assert.Equal(EnqueueStatus.Enqueued, elsewhere.Status);
        Assert.Equal(EnqueueStatus.Enqueued, afterwards.Status);
    }

    [Fact]
    public async Task Many_producers_with_one_deduplication_key_enqueue_one_task()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            async () => await AddAsync($"t{i}", submission => submission with { DeduplicationKey = "k" }), Cancel)));

        var added = Assert.Single(results, result => result.Status == EnqueueStatus.Enqueued);
        Assert.All(results, result => Assert.Equal(added.TaskId, result.TaskId));
    }

    [Fact]
    public async Task Tasks_are_leased_by_priority_then_time_then_order()
    {
        await AddAsync("late", submission => submission with { AvailableAt = Now + TimeSpan.FromMilliseconds(2) });
        await AddAsync("zz-first");
        await AddAsync("aa-second");
        await AddAsync("urgent", submission => submission with { Priority = 5 });
        await AddAsync("idle", submission => submission with { Priority = -5 });

        var leases = await LeaseAsync(count: 10, now: Now + Minute);

        Assert.Equal(["urgent", "zz-first", "aa-second", "late", "idle"], leases.Select(lease => lease.Task.Id));
    }

    [Fact]
    public async Task A_lease_tells_who_holds_the_task_and_until_when()
    {
        await AddAsync("t1");

        var lease = Assert.Single(await LeaseAsync());

        Assert.Equal(Now + Minute, lease.ExpiresAt);
        Assert.Equal(new LeaseToken("t1", 1), lease.Token);
        Assert.Equal(
            (QueuedTaskState.Running, 1, "first", "pod-1", Now), (lease.Task.State, lease.Task.Attempt, lease.Task.WorkerName, lease.Task.ContainerName, lease.Task.StartedAt));
        Assert.Equal(lease.Task, await GetAsync("t1"));
        Assert.Empty(await LeaseAsync(worker: OtherWorker));
    }

    [Fact]
    public async Task Only_as_many_tasks_as_asked_for_are_leased_and_only_of_the_queue_and_types_asked_for()
    {
        await AddAsync("t1");
        await AddAsync("t2");
        await AddAsync("t3", submission => submission with { Type = "other" });
        await AddAsync("t4", submission => submission with { Queue = "elsewhere" });

        var typed = await _store.LeaseAsync(new LeaseRequest { Worker = Worker, Types = ["other", "none"], Count = 9 }, Now, Cancel);
        var one = await LeaseAsync(count: 1);
        var rest = await LeaseAsync(count: 9);

        Assert.Equal("t3", Assert.Single(typed).Task.Id);
        Assert.Equal("t1", Assert.Single(one).Task.Id);
        Assert.Equal("t2", Assert.Single(rest).Task.Id);
    }

    [Fact]
    public async Task One_task_can_be_asked_for_by_its_id()
    {
        await AddAsync("urgent", submission => submission with { Priority = 9 });
        await AddAsync("t1");
        await AddAsync("later", submission => submission with { AvailableAt = Now + Minute });

        var mine = await _store.LeaseAsync(new LeaseRequest { Worker = Worker, TaskId = "t1", Count = 9 }, Now, Cancel);
        var again = await _store.LeaseAsync(new LeaseRequest { Worker = Worker, TaskId = "t1" }, Now, Cancel);
        var early = await _store.LeaseAsync(new LeaseRequest { Worker = Worker, TaskId = "later" }, Now, Cancel);

        Assert.Equal("t1", Assert.Single(mine).Task.Id);
        Assert.Empty(again);
        Assert.Empty(early);
    }

    [Fact]
    public async Task A_scheduled_task_runs_when_its_time_has_come_and_not_before()
    {
        await AddAsync("t1", submission => submission with { AvailableAt = Now + Minute });

        Assert.Empty(await LeaseAsync(now: Now + Minute - TimeSpan.FromMilliseconds(1)));
        Assert.Single(await LeaseAsync(now: Now + Minute));
    }

    [Fact]
    public async Task Eight_workers_on_instances_of_their_own_never_lease_a_task_twice()
    {
        foreach (var i in Enumerable.Range(0, 200))
        {
            await AddAsync($"t{i}");
        }

        var leased = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => DrainAsync(Open(), i), Cancel)));

        var ids = leased.SelectMany(tasks => tasks).ToList();
        Assert.Equal(200, ids.Count);
        Assert.Equal(200, ids.Distinct().Count());
        Assert.Equal(200, (await _store.GetStatisticsAsync(null, Cancel)).Completed);
    }

    [Fact]
    public async Task A_renewed_lease_is_not_taken_back_and_an_expired_one_is()
    {
        await AddAsync("t1");
        await AddAsync("t2");
        var leases = await LeaseAsync(count: 2);

        var renewals = await _store.RenewAsync([leases[1].Token, new LeaseToken("t1", 99), new LeaseToken("none", 1)], Minute, Now + TimeSpan.FromSeconds(30), Cancel);
        var early = await _store.ReclaimExpiredAsync(Now + Minute - TimeSpan.FromMilliseconds(1), Cancel);
        var due = await _store.ReclaimExpiredAsync(Now + Minute, Cancel);

        Assert.Equal([LeaseStatus.Held, LeaseStatus.Lost, LeaseStatus.Lost], renewals.Select(renewal => renewal.Status));
        Assert.Equal([leases[1].Token, new LeaseToken("t1", 99), new LeaseToken("none", 1)], renewals.Select(renewal => renewal.Lease));
        Assert.Empty(early);
        Assert.Equal(["t1"], due);
        Assert.Equal((QueuedTaskState.Available, 0, 1), await StandAsync("t1"));
        Assert.Equal((QueuedTaskState.Running, 1, 0), await StandAsync("t2"));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_can_write_nothing_and_the_new_owners_result_stands()
    {
        await AddAsync("t1");
        var zombie = Assert.Single(await LeaseAsync()).Token;
        await _store.ReclaimExpiredAsync(Now + Minute, Cancel);
        var owner = Assert.Single(await LeaseAsync(worker: OtherWorker, now: Now + Minute)).Token;

        Assert.True(owner.LeaseId > zombie.LeaseId);
        await AssertLostAsync(zombie);
        Assert.Equal(LeaseStatus.Held, await _store.CompleteAsync(owner, """{"by":2}""", Now + Minute, Cancel));
        await AssertLostAsync(zombie);
        await AssertLostAsync(owner);

        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Completed, """{"by":2}""", Now + Minute, "second"), (task.State, task.Result, task.FinishedAt!.Value, task.WorkerName));
        Assert.Null(task.Checkpoint);
        Assert.Null(task.Failure);
    }

    [Fact]
    public async Task An_expired_lease_still_holds_while_nobody_took_the_task_back()
    {
        await AddAsync("t1");
        var lease = Assert.Single(await LeaseAsync()).Token;

        Assert.Equal(LeaseStatus.Held, await _store.CompleteAsync(lease, "1", Now + (10 * Minute), Cancel));
    }

    [Fact]
    public async Task A_checkpoint_is_there_for_the_next_attempt()
    {
        await AddAsync("t1");
        var first = Assert.Single(await LeaseAsync()).Token;

        await _store.CheckpointAsync(first, """{"step":1}""", Cancel);
        var status = await _store.CheckpointAsync(first, """{"step":2}""", Cancel);
        await _store.ReclaimAsync(Worker.Id, Now, Cancel);

        Assert.Equal(LeaseStatus.Held, status);
        Assert.Equal("""{"step":2}""", Assert.Single(await LeaseAsync()).Task.Checkpoint);
    }

    [Fact]
    public async Task A_retryable_failure_waits_for_the_longer_of_back_off_and_retry_after()
    {
        await AddAsync("t1", submission => submission with { MaxAttempts = 3 });
        var failure = new TaskFailure { Code = "rate_limited", Message = "slow down", Retryable = true, RetryAfter = TimeSpan.FromSeconds(90), Result = """{"n":1}""" };

        await _store.FailAsync(Assert.Single(await LeaseAsync()).Token, failure, Minute, Now, Cancel);
        var first = await GetAsync("t1");
        Assert.Empty(await LeaseAsync(now: Now + TimeSpan.FromSeconds(89)));
        await _store.FailAsync(Assert.Single(await LeaseAsync(now: Now + TimeSpan.FromSeconds(90))).Token, failure, 5 * Minute, Now, Cancel);

        Assert.Equal((QueuedTaskState.Retryable, Now + TimeSpan.FromSeconds(90), failure, failure.Result), (first.State, first.AvailableAt, first.Failure, first.Result));
        Assert.Equal(Now + (5 * Minute), (await GetAsync("t1")).AvailableAt);
    }

    [Fact]
    public async Task The_last_attempt_discards_the_task()
    {
        await AddAsync("t1", submission => submission with { MaxAttempts = 2 });
        var failure = new TaskFailure { Code = "unavailable", Message = "down", Retryable = true };

        await _store.FailAsync(Assert.Single(await LeaseAsync()).Token, failure, TimeSpan.Zero, Now, Cancel);
        await _store.FailAsync(Assert.Single(await LeaseAsync()).Token, failure, TimeSpan.Zero, Now, Cancel);

        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Discarded, 2, Now, failure), (task.State, task.Attempt, task.FinishedAt!.Value, task.Failure));
    }

    [Fact]
    public async Task A_failure_that_is_not_retryable_discards_the_task_at_once()
    {
        await AddAsync("t1", submission => submission with { MaxAttempts = 5 });

        await _store.FailAsync(Assert.Single(await LeaseAsync()).Token, new TaskFailure { Code = "authentication", Message = "no key" }, Minute, Now, Cancel);

        Assert.Equal((QueuedTaskState.Discarded, 1, 0), await StandAsync("t1"));
    }

    [Fact]
    public async Task A_released_task_is_available_at_once_and_its_attempt_is_given_back()
    {
        await AddAsync("t1");

        var status = await _store.ReleaseAsync(Assert.Single(await LeaseAsync()).Token, Now, Cancel);

        Assert.Equal(LeaseStatus.Held, status);
        Assert.Equal((QueuedTaskState.Available, 0, 0), await StandAsync("t1"));
        Assert.Equal(2, Assert.Single(await LeaseAsync()).Token.LeaseId);
    }

    [Fact]
    public async Task A_write_that_was_cancelled_before_changes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _store.AddAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }, Now, cancelled.Token));

        Assert.Null(await _store.GetAsync("t1", Cancel));
    }

    private protected static async Task<List<string>> DrainAsync(ITaskStore store, int number)
    {
        var worker = new WorkerIdentity { Id = $"worker-{number}", WorkerName = $"worker-{number}" };
        var ids = new List<string>();
        while (await store.LeaseAsync(new LeaseRequest { Worker = worker, Count = 3 }, Now, Cancel) is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                ids.Add(lease.Task.Id);
                Assert.Equal(LeaseStatus.Held, await store.CompleteAsync(lease.Token, null, Now, Cancel));
            }
        }

        return ids;
    }

    private ValueTask<EnqueueResult> AddAsync(string id, Func<TaskSubmission, TaskSubmission>? change = null)
    {
        var submission = new TaskSubmission { Id = id, Type = "test", Payload = "1" };
        return _store.AddAsync(change?.Invoke(submission) ?? submission, Now, Cancel);
    }

    private ValueTask<ValueList<TaskLease>> LeaseAsync(ITaskStore? store = null, WorkerIdentity? worker = null, int count = 1, DateTimeOffset? now = null) =>
        (store ?? _store).LeaseAsync(new LeaseRequest { Worker = worker ?? Worker, Count = count, Duration = Minute }, now ?? Now, Cancel);

    private async Task<QueuedTask> GetAsync(string id) => Assert.IsType<QueuedTask>(await _store.GetAsync(id, Cancel));

    private async Task<(QueuedTaskState State, int Attempt, int Crashes)> StandAsync(string id)
    {
        var task = await GetAsync(id);
        return (task.State, task.Attempt, task.Crashes);
    }

    private async Task AssertLostAsync(LeaseToken lease)
    {
        var failure = new TaskFailure { Code = "zombie", Message = "zombie", Retryable = true };
        Assert.Equal(LeaseStatus.Lost, Assert.Single(await _store.RenewAsync([lease], Minute, Now + Minute, Cancel)).Status);
        Assert.Equal(LeaseStatus.Lost, await _store.CheckpointAsync(lease, "\"zombie\"", Cancel));
        Assert.Equal(LeaseStatus.Lost, await _store.CompleteAsync(lease, "\"zombie\"", Now, Cancel));
        Assert.Equal(LeaseStatus.Lost, await _store.FailAsync(lease, failure, TimeSpan.Zero, Now, Cancel));
        Assert.Equal(LeaseStatus.Lost, await _store.ReleaseAsync(lease, Now, Cancel));
        Assert.Equal(LeaseStatus.Lost, await _store.CancelledAsync(lease, "\"zombie\"", Now, Cancel));
    }
}
