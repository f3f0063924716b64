using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>How leases of an <see cref="ITaskStore"/> end.</summary>
public abstract class TaskEndingConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task A_completed_task_keeps_its_result_and_is_over()
    {
        await AddAsync(New("t1"));
        var lease = await LeaseOneAsync();

        var status = await EndAsync(TaskOutcome.Completed(lease.Token, """{"n":1}"""), Now + Minute);

        Assert.Equal(LeaseStatus.Held, status);
        Assert.Equal(lease.Task with { State = QueuedTaskState.Completed, Result = """{"n":1}""", FinishedAt = Now + Minute }, await GetAsync("t1"));
        Assert.Empty(await LeaseAsync(Ask(), Now + (9 * Minute)));
    }

    [Fact]
    public async Task Each_lease_of_a_list_ends_by_its_own_outcome_and_new_ones_are_taken_in_the_same_call()
    {
        await AddAsync([.. Enumerable.Range(1, 6).Select(i => New($"t{i}") with { MaxAttempts = 2 })]);
        await AddAsync(New("t7") with { Priority = -9 });
        var leases = (await LeaseAsync(Ask(6))).Select(lease => lease.Token).ToList();

        var exchange = await Store.EndAsync(
            [
                TaskOutcome.Completed(leases[0], "1"), TaskOutcome.Failed(leases[1], Transient, Minute), TaskOutcome.Completed(new LeaseToken("t3", 99), "\"zombie\""),
                TaskOutcome.Failed(leases[3], Transient with { Retryable = false }), TaskOutcome.Released(leases[4]), TaskOutcome.Cancelled(leases[5], "2"),
                TaskOutcome.Completed(leases[0], "\"twice\""), TaskOutcome.Completed(new LeaseToken("none", 1)),
            ],
            Ask(9),
            Now,
            Cancel);

        Assert.Equal(
            [LeaseStatus.Held, LeaseStatus.Held, LeaseStatus.Lost, LeaseStatus.Held, LeaseStatus.Held, LeaseStatus.Held, LeaseStatus.Lost, LeaseStatus.Lost], exchange.Ended);
        Assert.Equal(["t5", "t7"], exchange.Leased.Select(lease => lease.Task.Id));
        Assert.Equal((QueuedTaskState.Completed, "1"), await ResultAsync("t1"));
        Assert.Equal((QueuedTaskState.Retryable, null), await ResultAsync("t2"));
        Assert.Equal((QueuedTaskState.Running, null), await ResultAsync("t3"));
        Assert.Equal((QueuedTaskState.Discarded, null), await ResultAsync("t4"));
        Assert.Equal((QueuedTaskState.Running, null), await ResultAsync("t5"));
        Assert.Equal((QueuedTaskState.Cancelled, "2"), await ResultAsync("t6"));
    }

    [Fact]
    public async Task Ending_nothing_and_taking_nothing_gives_nothing()
    {
        await AddAsync(New("t1"));

        Assert.Equal(new LeaseExchange(), await Store.EndAsync([], null, Now, Cancel));
        Assert.Equal("t1", Assert.Single((await Store.EndAsync([], Ask(), Now, Cancel)).Leased).Task.Id);
    }

    [Fact]
    public async Task The_place_of_an_ended_task_is_free_in_the_same_call()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunning = 1, MaxRunningPerGroup = 1 });
        await AddAsync(New("t1", "g"), New("t2", "g"));

        var exchange = await Store.EndAsync([TaskOutcome.Completed((await LeaseOneAsync()).Token)], Ask(9), Now, Cancel);

        Assert.Equal(["t2"], exchange.Leased.Select(lease => lease.Task.Id));
    }

    [Fact]
    public async Task A_retryable_failure_waits_for_the_longer_of_back_off_and_retry_after()
    {
        await AddAsync(New("t1") with { MaxAttempts = 3 });
        var failure = new TaskFailure { Code = "rate_limited", Message = "slow down", Retryable = true, RetryAfter = TimeSpan.FromSeconds(90), Result = """{"n":1}""" };

        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, failure, Minute));
        var first = await GetAsync("t1");
        Assert.Empty(await LeaseAsync(Ask(), Now + TimeSpan.FromSeconds(89)));
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync(Now + TimeSpan.FromSeconds(90))).Token, failure, 5 * Minute));

        Assert.Equal((QueuedTaskState.Retryable, Now + TimeSpan.FromSeconds(90), failure, failure.Result), (first.State, first.AvailableAt, first.Failure, first.Result));
        Assert.Equal(Now + (5 * Minute), (await GetAsync("t1")).AvailableAt);
    }

    [Fact]
    public async Task An_endless_back_off_is_only_a_very_long_one()
    {
        await AddAsync(New("t1") with { MaxAttempts = 3 }, New("t2"));
        var leases = await LeaseAsync(Ask(2));

        await EndAsync(TaskOutcome.Failed(leases[0].Token, Transient with { RetryAfter = TimeSpan.MaxValue }));
        await EndAsync(TaskOutcome.Released(leases[1].Token, TimeSpan.MaxValue));

        Assert.All([await GetAsync("t1"), await GetAsync("t2")], task => Assert.True(task.AvailableAt > Now.AddYears(9) && !task.IsFinished));
    }

    [Fact]
    public async Task A_task_that_is_tried_again_takes_its_place_by_its_new_time()
    {
        await AddAsync(New("t1") with { MaxAttempts = 2, Priority = 1 });
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient, 2 * Minute));
        await AddAsync(New("t2"), New("t3") with { Delay = Minute + Second });

        Assert.Equal(["t2", "t1", "t3"], await LeaseIdsAsync(Ask(3), Now + (3 * Minute)));
    }

    [Fact]
    public async Task The_last_attempt_discards_the_task()
    {
        await AddAsync(New("t1") with { MaxAttempts = 2 });

        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient));
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient with { Message = "last" }), Now + Minute);

        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Discarded, 2, Now + Minute, "last"), (task.State, task.Attempt, task.FinishedAt!.Value, task.Failure!.Message));
    }

    [Fact]
    public async Task A_failure_that_is_not_retryable_discards_the_task_at_once()
    {
        await AddAsync(New("t1") with { MaxAttempts = 5 });

        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, new TaskFailure { Code = "authentication", Message = "no key" }, Minute));

        Assert.Equal((QueuedTaskState.Discarded, 1, 0), await StandAsync("t1"));
    }

    [Fact]
    public async Task A_later_success_clears_the_failure_and_the_result_of_the_attempt_before()
    {
        await AddAsync(New("t1") with { MaxAttempts = 2 });
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient with { Result = "1" }));

        await EndAsync(TaskOutcome.Completed((await LeaseOneAsync()).Token));

        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Completed, null, null), (task.State, task.Failure, task.Result));
    }

    [Fact]
    public async Task A_released_task_is_available_at_once_in_its_old_place_and_its_attempt_is_given_back()
    {
        await AddAsync(New("t1"), New("t2"));

        var status = await EndAsync(TaskOutcome.Released((await LeaseOneAsync()).Token), Now + Minute);

        Assert.Equal(LeaseStatus.Held, status);
        Assert.Equal((QueuedTaskState.Available, 0, 0), await StandAsync("t1"));
        var again = (await LeaseAsync(Ask(2), Now + Minute))[0];
        Assert.Equal(("t1", 2L), (again.Task.Id, again.Token.LeaseId));
    }

    [Fact]
    public async Task A_released_task_can_be_kept_back_for_a_while()
    {
        await AddAsync(New("t1"));

        await EndAsync(TaskOutcome.Released((await LeaseOneAsync()).Token, Minute));

        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Scheduled, 0, Now + Minute), (task.State, task.Attempt, task.AvailableAt));
        Assert.Empty(await LeaseAsync(Ask(), Now + Minute - TimeSpan.FromMilliseconds(1)));
        Assert.Single(await LeaseAsync(Ask(), Now + Minute));
    }

    [Fact]
    public async Task A_task_that_shall_be_cancelled_is_not_run_again_however_its_attempt_ends()
    {
        await AddAsync([.. new[] { "released", "delayed", "failed", "crashed" }.Select(id => New(id) with { MaxAttempts = 9 })]);
        var leases = (await LeaseAsync(Ask(4))).ToDictionary(lease => lease.Task.Id, lease => lease.Token);
        foreach (var id in leases.Keys)
        {
            await Operations.CancelAsync(id, Now, Cancel);
        }

        await EndAsync(TaskOutcome.Released(leases["released"]));
        await EndAsync(TaskOutcome.Released(leases["delayed"], Minute));
        await EndAsync(TaskOutcome.Failed(leases["failed"], Transient, Minute));
        await Store.ReclaimAsync(Worker.Id, Now, Cancel);

        foreach (var id in leases.Keys)
        {
            var task = await GetAsync(id);
            Assert.Equal((QueuedTaskState.Cancelled, Now), (task.State, task.FinishedAt));
        }
    }

    [Fact]
    public async Task A_result_or_checkpoint_that_is_too_large_is_refused_and_changes_nothing()
    {
        await AddAsync(New("t1"));
        var lease = await LeaseOneAsync();
        var large = new string('1', TaskStoreLimits.MaxResultLength + 1);

        var result = await Assert.ThrowsAsync<StorageException>(async () => await EndAsync(TaskOutcome.Completed(lease.Token, large)));
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await EndAsync(TaskOutcome.Failed(lease.Token, Transient with { Result = large })));
        var checkpoint = await Assert.ThrowsAsync<StorageException>(async () => await Store.CheckpointAsync(lease.Token, large, Cancel));

        Assert.All([result, failure, checkpoint], error => Assert.Equal(StorageErrorCodes.TooLarge, error.Code));
        Assert.Equal(lease.Task, await GetAsync("t1"));
        Assert.Equal(LeaseStatus.Held, await EndAsync(TaskOutcome.Completed(lease.Token, large[1..])));
    }

    [Fact]
    public async Task Every_lease_that_is_over_is_written_down_with_how_it_ended()
    {
        await AddAsync(New("t1") with { MaxAttempts = 3 });
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient), Now + Second);
        await EndAsync(TaskOutcome.Released((await LeaseOneAsync(Now + Second)).Token), Now + (2 * Second));
        await LeaseOneAsync(Now + (2 * Second));
        await Store.ReclaimAsync(Worker.Id, Now + (3 * Second), Cancel);
        await EndAsync(TaskOutcome.Completed((await LeaseOneAsync(Now + (3 * Second), OtherWorker)).Token), Now + (4 * Second));

        var attempts = await Operations.GetAttemptsAsync("t1", Cancel);

        Assert.Equal(
            [TaskAttemptOutcome.Failed, TaskAttemptOutcome.Released, TaskAttemptOutcome.Crashed, TaskAttemptOutcome.Completed], attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([1, 2, 3, 4], attempts.Select(attempt => (int)attempt.LeaseId));
        Assert.Equal([Transient, null, null, null], attempts.Select(attempt => attempt.Failure));
        Assert.Equal(["worker-1", "worker-1", "worker-1", "worker-2"], attempts.Select(attempt => attempt.WorkerId));
        Assert.Equal(Enumerable.Range(0, 4).Select(i => (Now + (i * Second), Now + ((i + 1) * Second))), attempts.Select(attempt => (attempt.StartedAt, attempt.EndedAt)));
    }

    private async Task<(QueuedTaskState State, string? Result)> ResultAsync(string id)
    {
        var task = await GetAsync(id);
        return (task.State, task.Result);
    }
}
