using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>What becomes of the tasks of an <see cref="ITaskStore"/> when workers die or deadlines pass.</summary>
public abstract class TaskReclaimingConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task What_a_dead_worker_held_is_available_again_and_a_crash_is_counted_instead_of_an_attempt()
    {
        await AddAsync(New("t1"), New("t2"), New("t3"));
        await LeaseAsync(Ask(2));
        await LeaseAsync(Ask() with { Worker = new() { Id = "alive", WorkerName = "first", ContainerName = "pod-1" } });

        var reclaimed = await Store.ReclaimAsync(Worker.Id, Now, Cancel);

        Assert.Equal(["t1", "t2"], reclaimed);
        Assert.Equal((QueuedTaskState.Available, 0, 1), await StandAsync("t1"));
        Assert.Equal((QueuedTaskState.Running, 1, 0), await StandAsync("t3"));
        Assert.Empty(await Store.ReclaimAsync(Worker.Id, Now, Cancel));
        Assert.Equal(["t1", "t2"], await LeaseIdsAsync(Ask(9)));
    }

    [Fact]
    public async Task Tasks_are_taken_back_in_the_order_they_were_added()
    {
        await AddAsync(New("c"), New("a") with { Priority = 9 }, New("b") with { Priority = 5 });
        await LeaseAsync(Ask(9));

        Assert.Equal(["c", "a", "b"], await Store.ReclaimExpiredAsync(Now + Minute, Cancel));
    }

    [Fact]
    public async Task A_task_that_kills_its_workers_is_discarded()
    {
        await AddAsync(New("t1") with { MaxAttempts = 100 });
        foreach (var _ in Enumerable.Range(0, TaskStoreLimits.MaxCrashes))
        {
            await LeaseOneAsync();
            await Store.ReclaimAsync(Worker.Id, Now, Cancel);
        }

        Assert.Equal((QueuedTaskState.Available, 0, TaskStoreLimits.MaxCrashes), await StandAsync("t1"));
        await LeaseOneAsync();
        var last = await Store.ReclaimExpiredAsync(Now + Minute, Cancel);

        Assert.Equal(["t1"], last);
        var task = await GetAsync("t1");
        Assert.Equal((QueuedTaskState.Discarded, TaskStoreLimits.MaxCrashes + 1, Now + Minute), (task.State, task.Crashes, task.FinishedAt!.Value));
        Assert.Equal(TaskFailureCodes.WorkerCrashed, task.Failure!.Code);
        var attempts = await Operations.GetAttemptsAsync("t1", Cancel);
        Assert.All(attempts, attempt => Assert.Equal(TaskAttemptOutcome.Crashed, attempt.Outcome));
        Assert.Equal(TaskFailureCodes.WorkerCrashed, attempts[^1].Failure!.Code);
    }

    [Fact]
    public async Task A_task_that_killed_its_workers_and_is_retried_has_all_its_chances_again()
    {
        await AddAsync(New("t1"));
        foreach (var _ in Enumerable.Range(0, TaskStoreLimits.MaxCrashes + 1))
        {
            await LeaseOneAsync();
            await Store.ReclaimAsync(Worker.Id, Now, Cancel);
        }

        await Operations.RetryAsync(["t1"], Now, Cancel);
        await LeaseOneAsync();
        await Store.ReclaimAsync(Worker.Id, Now, Cancel);

        Assert.Equal((QueuedTaskState.Available, 0, 1), await StandAsync("t1"));
    }

    [Fact]
    public async Task Checkpoint_and_progress_of_a_dead_worker_are_there_for_the_next()
    {
        await AddAsync(New("t1"));
        var first = (await LeaseOneAsync()).Token;
        await Store.CheckpointAsync(first, """{"step":1}""", Cancel);
        var status = await Store.CheckpointAsync(first, """{"step":2}""", Cancel);
        await Store.ReportAsync(first, new TaskProgress(50, "half"), [], Now, Cancel);
        await Store.ReclaimAsync(Worker.Id, Now, Cancel);

        var again = (await LeaseOneAsync()).Task;

        Assert.Equal(LeaseStatus.Held, status);
        Assert.Equal(("""{"step":2}""", new TaskProgress(50, "half")), (again.Checkpoint, again.Progress));
    }

    [Fact]
    public async Task A_waiting_task_is_discarded_when_its_deadline_has_come_and_a_running_one_goes_on()
    {
        await AddAsync(
            New("running") with { Deadline = Now + Minute, Priority = 9 },
            New("available") with { Deadline = Now + Minute },
            New("scheduled") with { Deadline = Now + Minute, Delay = 5 * Minute },
            New("later") with { Deadline = Now + Minute + TimeSpan.FromMilliseconds(1) },
            New("grouped", "g") with { Deadline = Now + Minute },
            New("retryable") with { Deadline = Now + Minute, MaxAttempts = 2, Priority = 10 });
        var leases = await LeaseAsync(Ask(2));
        await EndAsync(TaskOutcome.Failed(leases[0].Token, Transient, 5 * Minute));

        Assert.Empty(await Store.DiscardOverdueAsync(Now + Minute - TimeSpan.FromMilliseconds(1), Cancel));
        var discarded = await Store.DiscardOverdueAsync(Now + Minute, Cancel);

        Assert.Equal(["available", "scheduled", "grouped", "retryable"], discarded);
        var task = await GetAsync("scheduled");
        Assert.Equal((QueuedTaskState.Discarded, Now + Minute, TaskFailureCodes.DeadlinePassed), (task.State, task.FinishedAt!.Value, task.Failure!.Code));
        Assert.Equal(QueuedTaskState.Running, await StateAsync("running"));
        Assert.Equal(LeaseStatus.Held, await EndAsync(TaskOutcome.Completed(leases[1].Token), Now + (2 * Minute)));
        Assert.Empty(await Store.DiscardOverdueAsync(Now + Minute, Cancel));
    }

    [Fact]
    public async Task Thousands_of_overdue_tasks_are_all_discarded()
    {
        await Store.AddAsync(Enumerable.Range(0, 2100).Select(i => New($"t{i}") with { Deadline = Now + Second }).ToValueList(), Now, Cancel);

        Assert.Equal(2100, (await Store.DiscardOverdueAsync(Now + Minute, Cancel)).Count);
        Assert.Equal(2100, (await Operations.GetStatisticsAsync("default", Cancel)).Discarded);
    }
}
