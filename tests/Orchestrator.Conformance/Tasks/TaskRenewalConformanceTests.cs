using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>Heartbeats, fencing tokens and lost leases of an <see cref="ITaskStore"/>.</summary>
public abstract class TaskRenewalConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task A_renewed_lease_is_not_taken_back_and_an_expired_one_is()
    {
        await AddAsync(New("t1"), New("t2"));
        var leases = await LeaseAsync(Ask(2));

        var renewals = await Store.RenewAsync([leases[1].Token, new LeaseToken("t1", 99), new LeaseToken("none", 1)], Minute, Now + (30 * Second), Cancel);
        var early = await Store.ReclaimExpiredAsync(Now + Minute - TimeSpan.FromMilliseconds(1), Cancel);
        var due = await Store.ReclaimExpiredAsync(Now + Minute, Cancel);

        Assert.Equal(
            [
                new LeaseRenewal(leases[1].Token, LeaseStatus.Held, CancelRequested: false),
                new LeaseRenewal(new LeaseToken("t1", 99), LeaseStatus.Lost, CancelRequested: false),
                new LeaseRenewal(new LeaseToken("none", 1), LeaseStatus.Lost, CancelRequested: false),
            ],
            renewals);
        Assert.Empty(early);
        Assert.Equal(["t1"], due);
        Assert.Equal((QueuedTaskState.Available, 0, 1), await StandAsync("t1"));
        Assert.Equal((QueuedTaskState.Running, 1, 0), await StandAsync("t2"));
    }

    [Fact]
    public async Task A_lease_whose_time_is_over_holds_until_somebody_takes_the_task_back()
    {
        await AddAsync(New("t1"));
        var lease = (await LeaseOneAsync()).Token;

        Assert.Equal(LeaseStatus.Held, Assert.Single(await Store.RenewAsync([lease], Minute, Now + (9 * Minute), Cancel)).Status);
        Assert.Empty(await Store.ReclaimExpiredAsync(Now + (9 * Minute), Cancel));
        Assert.Equal(LeaseStatus.Held, await EndAsync(TaskOutcome.Completed(lease, "1"), Now + (20 * Minute)));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_can_write_nothing_and_the_new_owners_result_stands()
    {
        await AddAsync(New("t1"));
        var zombie = (await LeaseOneAsync()).Token;
        await Store.ReclaimExpiredAsync(Now + Minute, Cancel);
        await AssertLostAsync(zombie);
        var owner = (await LeaseOneAsync(Now + Minute, OtherWorker)).Token;

        Assert.True(owner.LeaseId > zombie.LeaseId);
        await AssertLostAsync(zombie);
        Assert.Equal(LeaseStatus.Held, await EndAsync(TaskOutcome.Completed(owner, """{"by":2}"""), Now + Minute));
        await AssertLostAsync(zombie);
        await AssertLostAsync(owner);

        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Completed, """{"by":2}""", Now + Minute, "second"), (task.State, task.Result, task.FinishedAt!.Value, task.WorkerName));
        Assert.Null(task.Checkpoint);
        Assert.Null(task.Failure);
        Assert.Null(task.Progress);
        Assert.Empty(await Operations.GetLogAsync("t1", 0, 9, Cancel));
    }

    [Fact]
    public async Task A_fencing_token_is_never_used_twice_even_after_a_retry()
    {
        await AddAsync(New("t1"));
        var first = (await LeaseOneAsync()).Token;
        await EndAsync(TaskOutcome.Failed(first, Transient));
        await Operations.RetryAsync(["t1"], Now, Cancel);
        var second = await LeaseOneAsync();

        Assert.Equal(new LeaseToken("t1", 2), second.Token);
        Assert.Equal(1, second.Task.Attempt);
        await AssertLostAsync(first);
    }

    [Fact]
    public async Task The_worker_of_a_running_task_hears_of_the_cancelling_with_its_next_renewal()
    {
        await AddAsync(New("t1"));
        var lease = (await LeaseOneAsync()).Token;

        var before = Assert.Single(await Store.RenewAsync([lease], Minute, Now, Cancel));
        var status = await Operations.CancelAsync("t1", Now, Cancel);
        var after = Assert.Single(await Store.RenewAsync([lease], Minute, Now, Cancel));
        var ended = await EndAsync(TaskOutcome.Cancelled(lease, """{"done":"half"}"""), Now + Minute);

        Assert.Equal(new LeaseRenewal(lease, LeaseStatus.Held, CancelRequested: false), before);
        Assert.Equal(TaskChangeStatus.Requested, status);
        Assert.Equal(new LeaseRenewal(lease, LeaseStatus.Held, CancelRequested: true), after);
        Assert.Equal(LeaseStatus.Held, ended);
        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Cancelled, Now + Minute, """{"done":"half"}"""), (task.State, task.FinishedAt!.Value, task.Result));
    }

    [Fact]
    public async Task The_workers_of_a_queue_hear_that_it_is_being_drained_and_whoever_takes_a_task_afterwards_does_not()
    {
        await AddAsync(New("t1"));
        var lease = (await LeaseOneAsync()).Token;

        Assert.Equal(1, await Operations.RequestReleaseAsync("default", Cancel));
        var renewal = Assert.Single(await Store.RenewAsync([lease], Minute, Now, Cancel));
        await EndAsync(TaskOutcome.Released(lease));
        var next = (await LeaseOneAsync()).Token;

        Assert.Equal(new LeaseRenewal(lease, LeaseStatus.Held, CancelRequested: false, ReleaseRequested: true), renewal);
        Assert.Equal(new LeaseRenewal(next, LeaseStatus.Held, CancelRequested: false), Assert.Single(await Store.RenewAsync([next], Minute, Now, Cancel)));
    }

    [Fact]
    public async Task Renewing_for_no_time_is_a_mistake()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.RenewAsync([], TimeSpan.Zero, Now, Cancel));
    }

    private async Task AssertLostAsync(LeaseToken lease)
    {
        var failure = new TaskFailure { Code = "zombie", Message = "zombie", Retryable = true };
        Assert.Equal(LeaseStatus.Lost, Assert.Single(await Store.RenewAsync([lease], Minute, Now + Minute, Cancel)).Status);
        Assert.Equal(LeaseStatus.Lost, await Store.CheckpointAsync(lease, "\"zombie\"", Cancel));
        Assert.Equal(LeaseStatus.Lost, await Store.ReportAsync(lease, new TaskProgress(1, "zombie"), [new TaskLogLine { Text = "zombie" }], Now, Cancel));
        Assert.Equal(LeaseStatus.Lost, await EndAsync(TaskOutcome.Completed(lease, "\"zombie\"")));
        Assert.Equal(LeaseStatus.Lost, await EndAsync(TaskOutcome.Failed(lease, failure)));
        Assert.Equal(LeaseStatus.Lost, await EndAsync(TaskOutcome.Released(lease)));
        Assert.Equal(LeaseStatus.Lost, await EndAsync(TaskOutcome.Cancelled(lease, "\"zombie\"")));
    }
}
