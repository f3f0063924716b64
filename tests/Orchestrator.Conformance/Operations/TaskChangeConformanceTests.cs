using Orchestrator.Queue;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Operations;

/// <summary>What every <see cref="ITaskOperations"/> must do to tasks. Each test starts with an empty database.</summary>
public abstract class TaskChangeConformanceTests : IAsyncLifetime
{
    private QueueScript _queue = null!;

    /// <summary>Opens the test's database.</summary>
    protected abstract StorageSeams Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = new QueueScript(Open());
        await _queue.Store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_waiting_task_is_cancelled_at_once()
    {
        await _queue.AddAsync("available");
        await _queue.AddAsync("scheduled", task => task with { AvailableAt = _queue.Now.AddMinutes(1) });
        await _queue.AddAsync("retryable", task => task with { MaxAttempts = 2 });
        await _queue.EndAsync(TaskOutcome.Failed(await _queue.LeaseAsync("retryable"), Failure(retryable: true)));

        foreach (var id in (string[])["available", "scheduled", "retryable"])
        {
            Assert.Equal(TaskChangeStatus.Changed, await _queue.CancelAsync(id));
            Assert.Equal((QueuedTaskState.Cancelled, _queue.Now), ((await _queue.GetAsync(id)).State, (await _queue.GetAsync(id)).FinishedAt));
        }

        _queue.Now = _queue.Now.AddMinutes(1);
        Assert.Empty(await _queue.Store.LeaseAsync(new LeaseRequest { Worker = Worker, Count = 10 }, _queue.Now, Cancel));
    }

    [Fact]
    public async Task The_worker_of_a_running_task_hears_of_the_cancelling_with_its_next_renewal()
    {
        await _queue.AddAsync("t");
        var lease = await _queue.LeaseAsync("t");
        Assert.False((await RenewAsync(lease)).CancelRequested);

        Assert.Equal(TaskChangeStatus.Requested, await _queue.CancelAsync("t"));

        Assert.True((await RenewAsync(lease)).CancelRequested);
        Assert.True((await _queue.GetAsync("t")).CancelRequested);
        await _queue.EndAsync(TaskOutcome.Completed(lease));
        Assert.Equal("t completed", await _queue.StatesAsync("t"));
    }

    [Fact]
    public async Task What_has_ended_or_is_not_there_cannot_be_cancelled_or_moved_up()
    {
        await _queue.AddAsync("t");
        await _queue.CompleteAsync("t");

        Assert.Equal((TaskChangeStatus.WrongState, TaskChangeStatus.NotFound), (await _queue.CancelAsync("t"), await _queue.CancelAsync("none")));
        Assert.Equal((TaskChangeStatus.WrongState, TaskChangeStatus.NotFound), (await ReprioritizeAsync("t", 1), await ReprioritizeAsync("none", 1)));
    }

    [Fact]
    public async Task Retried_tasks_start_from_zero()
    {
        await _queue.AddAsync("dead", task => task with { MaxAttempts = 2, Deadline = _queue.Now.AddMinutes(1) });
        await _queue.EndAsync(TaskOutcome.Failed(await _queue.LeaseAsync("dead"), Failure(retryable: true)));
        await _queue.FailAsync("dead");
        await _queue.AddAsync("cancelled");
        await _queue.CancelAsync(await RunAsync("cancelled"));
        await _queue.Store.ReclaimAsync(Worker.Id, _queue.Now, Cancel);
        _queue.Now = _queue.Now.AddMinutes(1);

        Assert.Equal([TaskChangeStatus.Changed, TaskChangeStatus.NotFound, TaskChangeStatus.Changed], await _queue.RetryAsync("dead", "none", "cancelled"));

        var dead = await _queue.GetAsync("dead");
        Assert.Equal((QueuedTaskState.Available, 0, 0, null, null, _queue.Now), (dead.State, dead.Attempt, dead.Crashes, dead.FinishedAt, dead.Deadline, dead.AvailableAt));
        Assert.Equal(("broken", 2L), (dead.Failure!.Code, dead.LeaseId));
        Assert.Equal((0, false), ((await _queue.GetAsync("cancelled")).Crashes, (await _queue.GetAsync("cancelled")).CancelRequested));
        Assert.Equal(3, (await _queue.LeaseAsync("dead")).LeaseId);
        await _queue.CompleteAsync("cancelled");
    }

    [Fact]
    public async Task Only_what_was_discarded_or_cancelled_is_retried()
    {
        await _queue.AddAsync("waiting");
        await _queue.AddAsync("running");
        await _queue.LeaseAsync("running");
        await _queue.AddAsync("completed");
        await _queue.CompleteAsync("completed");

        Assert.Equal([TaskChangeStatus.WrongState, TaskChangeStatus.WrongState, TaskChangeStatus.WrongState], await _queue.RetryAsync("waiting", "running", "completed"));
        Assert.Empty(await _queue.RetryAsync());
    }

    [Fact]
    public async Task A_deadline_that_is_still_ahead_holds_after_a_retry()
    {
        var deadline = _queue.Now.AddHours(1);
        await _queue.AddAsync("t", task => task with { Deadline = deadline });
        await _queue.FailAsync("t");

        await _queue.RetryAsync("t");

        Assert.Equal(deadline, (await _queue.GetAsync("t")).Deadline);
    }

    [Fact]
    public async Task A_retried_task_waits_for_its_window()
    {
        await _queue.AddAsync("t", task => task with { Window = new TaskWindow { From = new TimeOnly(0, 0), To = new TimeOnly(1, 0) } });
        await _queue.FailAsync("t");
        var midnight = _queue.Now.AddDays(1);
        _queue.Now = _queue.Now.AddHours(2);

        await _queue.RetryAsync("t");

        Assert.Equal((QueuedTaskState.Scheduled, midnight), ((await _queue.GetAsync("t")).State, (await _queue.GetAsync("t")).AvailableAt));
        Assert.Null(await _queue.TryLeaseAsync("t"));
        _queue.Now = midnight;
        await _queue.LeaseAsync("t");
    }

    [Fact]
    public async Task A_task_whose_key_another_one_holds_by_now_is_not_retried()
    {
        await _queue.AddAsync("first", task => task with { DeduplicationKey = "key" });
        await _queue.FailAsync("first");
        await _queue.AddAsync("second", task => task with { DeduplicationKey = "key" });

        Assert.Equal([TaskChangeStatus.WrongState], await _queue.RetryAsync("first"));
        await _queue.CompleteAsync("second");
        Assert.Equal([TaskChangeStatus.Changed], await _queue.RetryAsync("first"));

        Assert.Equal(new EnqueueResult(EnqueueStatus.Duplicate, "first"), await _queue.AddAsync("third", task => task with { DeduplicationKey = "key" }));
    }

    [Fact]
    public async Task Of_two_retried_tasks_with_one_key_only_the_first_is_retried()
    {
        await _queue.AddAsync("first", task => task with { DeduplicationKey = "key" });
        await _queue.FailAsync("first");
        await _queue.AddAsync("second", task => task with { DeduplicationKey = "key" });
        await _queue.FailAsync("second");

        Assert.Equal([TaskChangeStatus.Changed, TaskChangeStatus.WrongState], await _queue.RetryAsync("first", "second"));
    }

    [Fact]
    public async Task Another_priority_changes_the_order()
    {
        await _queue.AddAsync("a");
        await _queue.AddAsync("b");
        await _queue.AddAsync("c", task => task with { Priority = 5 });

        Assert.Equal(TaskChangeStatus.Changed, await ReprioritizeAsync("b", 10));
        Assert.Equal(TaskChangeStatus.Changed, await ReprioritizeAsync("c", -1));

        Assert.Equal(["b", "a", "c"], (await _queue.Store.LeaseAsync(new LeaseRequest { Worker = Worker, Count = 3 }, _queue.Now, Cancel)).Select(lease => lease.Task.Id));
        Assert.Equal(10, (await _queue.GetAsync("b")).Priority);
    }

    [Fact]
    public async Task A_priority_outside_its_range_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ReprioritizeAsync("t", 101));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ReprioritizeAsync("t", -101));
    }

    [Fact]
    public async Task A_finished_task_is_deleted_with_all_that_is_known_of_it()
    {
        await _queue.AddAsync("t", task => task with { DeduplicationKey = "key", DeduplicationStates = [QueuedTaskState.Completed] });
        var lease = await _queue.LeaseAsync("t");
        await _queue.Store.ReportAsync(lease, null, [new TaskLogLine { Text = "line" }], _queue.Now, Cancel);
        await _queue.EndAsync(TaskOutcome.Completed(lease, "1"));

        Assert.Equal(TaskChangeStatus.Changed, await _queue.Operations.DeleteAsync("t", Cancel));

        Assert.Null(await _queue.Store.GetAsync("t", Cancel));
        Assert.Empty(await _queue.Operations.GetAttemptsAsync("t", Cancel));
        Assert.Empty(await _queue.Operations.GetLogAsync("t", 0, 10, Cancel));
        Assert.Empty(await _queue.Operations.GetEventsAsync(0, 10, null, Cancel));
        Assert.Equal(EnqueueStatus.Enqueued, (await _queue.AddAsync("t", task => task with { DeduplicationKey = "key" })).Status);
        Assert.Equal(TaskChangeStatus.NotFound, await _queue.Operations.DeleteAsync("none", Cancel));
    }

    [Fact]
    public async Task A_task_that_has_not_ended_is_not_deleted()
    {
        await _queue.AddAsync("t");
        Assert.Equal(TaskChangeStatus.WrongState, await _queue.Operations.DeleteAsync("t", Cancel));
        await _queue.LeaseAsync("t");
        Assert.Equal(TaskChangeStatus.WrongState, await _queue.Operations.DeleteAsync("t", Cancel));
    }

    [Fact]
    public async Task A_paused_queue_starts_nothing_until_it_goes_on()
    {
        await _queue.AddAsync("t");
        await _queue.AddAsync("other", task => task with { Queue = "other" });
        await _queue.Operations.PauseAsync(TaskSubmission.DefaultQueue, true, _queue.Now, Cancel);

        Assert.Null(await _queue.TryLeaseAsync("t"));
        Assert.NotNull(await _queue.TryLeaseAsync("other", "other"));
        await _queue.Operations.PauseAsync(TaskSubmission.DefaultQueue, false, _queue.Now, Cancel);
        Assert.NotNull(await _queue.TryLeaseAsync("t"));
    }

    [Fact]
    public async Task Workers_of_a_drained_queue_hear_that_they_shall_give_back()
    {
        await _queue.AddAsync("a");
        await _queue.AddAsync("b");
        await _queue.AddAsync("other", task => task with { Queue = "other" });
        var (a, b, other) = (await _queue.LeaseAsync("a"), await _queue.LeaseAsync("b"), await _queue.LeaseAsync("other", "other"));

        Assert.Equal(2, await _queue.Operations.RequestReleaseAsync(TaskSubmission.DefaultQueue, Cancel));

        Assert.Equal((true, true, false), ((await RenewAsync(a)).ReleaseRequested, (await RenewAsync(b)).ReleaseRequested, (await RenewAsync(other)).ReleaseRequested));
        await _queue.EndAsync(TaskOutcome.Released(a));
        Assert.False((await RenewAsync(await _queue.LeaseAsync("a"))).ReleaseRequested);
        Assert.Equal(0, await _queue.Operations.RequestReleaseAsync("none", Cancel));
    }

    private async Task<string> RunAsync(string taskId)
    {
        await _queue.LeaseAsync(taskId);
        return taskId;
    }

    private async Task<LeaseRenewal> RenewAsync(LeaseToken lease) => Assert.Single(await _queue.Store.RenewAsync([lease], TimeSpan.FromMinutes(1), _queue.Now, Cancel));

    private async Task<TaskChangeStatus> ReprioritizeAsync(string taskId, int priority) => await _queue.Operations.ReprioritizeAsync(taskId, priority, _queue.Now, Cancel);
}
