using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Plans;

/// <summary>What every store must do when tasks of plans are cancelled, crash, expire or are retried. Each test starts with an empty database.</summary>
public abstract class PlanRecoveryConformanceTests : IAsyncLifetime
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
    public async Task Cancelling_a_task_cancels_what_depends_on_it()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"), Step("c", "b"));

        await _queue.CancelAsync("b");

        Assert.Equal("a available, b cancelled, c cancelled", await _queue.StatesAsync("a", "b", "c"));
        Assert.Equal((null, TaskFailureCodes.DependencyUnmet), ((await _queue.GetAsync("b")).Failure?.Code, (await _queue.GetAsync("c")).Failure?.Code));
        await _queue.CompleteAsync("a");
        Assert.Equal((PlanState.Cancelled, _queue.Now), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
    }

    [Fact]
    public async Task A_running_task_that_ends_as_cancelled_takes_its_dependents_with_it()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));
        var lease = await _queue.LeaseAsync("a");

        Assert.Equal(TaskChangeStatus.Requested, await _queue.CancelAsync("a"));
        Assert.Equal("b blocked", await _queue.StatesAsync("b"));
        await _queue.EndAsync(TaskOutcome.Cancelled(lease));

        Assert.Equal("a cancelled, b cancelled", await _queue.StatesAsync("a", "b"));
    }

    [Fact]
    public async Task A_cancelled_plan_starts_nothing_any_more()
    {
        await _queue.AddPlanAsync(
            "p", Step("done"), Step("running"), Step("waiting"), Step("blocked", "running"), Step("after", "running") with { Condition = PlanCondition.AllFinished });
        await _queue.CompleteAsync("done");
        var lease = await _queue.LeaseAsync("running");

        Assert.Equal(TaskChangeStatus.Requested, await CancelPlanAsync());

        Assert.Equal("done completed, running running, waiting cancelled, blocked cancelled, after cancelled", await _queue.StatesAsync("done", "running", "waiting", "blocked", "after"));
        Assert.True(Assert.Single(await _queue.Store.RenewAsync([lease], TimeSpan.FromMinutes(1), _queue.Now, Cancel)).CancelRequested);
        await _queue.EndAsync(TaskOutcome.Cancelled(lease));
        Assert.Equal((PlanState.Cancelled, _queue.Now), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
        Assert.Equal(TaskChangeStatus.WrongState, await CancelPlanAsync());
    }

    [Fact]
    public async Task A_plan_of_which_nothing_runs_is_cancelled_at_once()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));

        Assert.Equal(TaskChangeStatus.Changed, await CancelPlanAsync());

        Assert.Equal((PlanState.Cancelled, _queue.Now), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
        Assert.Equal(TaskChangeStatus.NotFound, await _queue.Plans.CancelAsync("q", _queue.Now, Cancel));
    }

    [Fact]
    public async Task A_task_that_crashes_too_often_fails_its_dependents()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"), Step("repair", "a") with { Condition = PlanCondition.AnyFailed });

        for (var i = 0; i <= TaskStoreLimits.MaxCrashes; i++)
        {
            Assert.Equal("b blocked, repair blocked", await _queue.StatesAsync("b", "repair"));
            await _queue.LeaseAsync("a");
            await _queue.Store.ReclaimAsync(Worker.Id, _queue.Now, Cancel);
        }

        Assert.Equal("a discarded, b cancelled, repair available", await _queue.StatesAsync("a", "b", "repair"));
    }

    [Fact]
    public async Task A_task_whose_lease_expires_too_often_fails_its_dependents()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));

        for (var i = 0; i <= TaskStoreLimits.MaxCrashes; i++)
        {
            await _queue.LeaseAsync("a");
            _queue.Now = _queue.Now.AddMinutes(2);
            await _queue.Store.ReclaimExpiredAsync(_queue.Now, Cancel);
        }

        Assert.Equal("a discarded, b cancelled", await _queue.StatesAsync("a", "b"));
        Assert.Equal(PlanState.Failed, (await _queue.PlanAsync("p")).State);
    }

    [Fact]
    public async Task A_task_that_misses_its_deadline_fails_its_dependents_even_while_it_is_blocked()
    {
        var deadline = _queue.Now.AddHours(1);
        await _queue.AddPlanAsync("p", Step("a"), new PlanTask { Task = Submission("b") with { Deadline = deadline }, DependsOn = ["a"] }, Step("c", "b"));
        _queue.Now = deadline;

        Assert.Equal(["b"], await _queue.Store.DiscardOverdueAsync(_queue.Now, Cancel));

        Assert.Equal("a available, b discarded, c cancelled", await _queue.StatesAsync("a", "b", "c"));
    }

    [Fact]
    public async Task A_failure_that_is_retried_by_the_queue_keeps_dependents_waiting()
    {
        await _queue.AddPlanAsync("p", new PlanTask { Task = Submission("a") with { MaxAttempts = 2 } }, Step("b", "a"));

        await _queue.EndAsync(TaskOutcome.Failed(await _queue.LeaseAsync("a"), Failure(retryable: true)));
        Assert.Equal("a retryable, b blocked", await _queue.StatesAsync("a", "b"));
        await _queue.CompleteAsync("a");

        Assert.Equal("b available", await _queue.StatesAsync("b"));
    }

    [Fact]
    public async Task Retrying_a_failed_task_blocks_again_what_was_cancelled_because_of_it()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"), Step("c", "a"), Step("d", "b", "c"), Step("by-hand", "a"));
        await _queue.CancelAsync("by-hand");
        await _queue.FailAsync("a");
        Assert.NotNull((await _queue.PlanAsync("p")).FinishedAt);

        Assert.Equal([TaskChangeStatus.Changed], await _queue.RetryAsync("a"));

        Assert.Equal("a available, b blocked, c blocked, d blocked, by-hand cancelled", await _queue.StatesAsync("a", "b", "c", "d", "by-hand"));
        Assert.Equal((PlanState.Running, null), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
        Assert.Null((await _queue.GetAsync("d")).Failure);
        foreach (var id in (string[])["a", "b", "c", "d"])
        {
            await _queue.CompleteAsync(id);
        }

        Assert.NotNull((await _queue.PlanAsync("p")).FinishedAt);
    }

    [Fact]
    public async Task A_task_that_two_failures_cancelled_waits_for_both_to_be_retried()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b"), Step("c", "a", "b"));
        await _queue.FailAsync("a");
        await _queue.FailAsync("b");

        Assert.Equal([TaskChangeStatus.Changed], await _queue.RetryAsync("a"));
        Assert.Equal("a available, b discarded, c cancelled", await _queue.StatesAsync("a", "b", "c"));
        Assert.Equal([TaskChangeStatus.Changed], await _queue.RetryAsync("b"));

        Assert.Equal("a available, b available, c blocked", await _queue.StatesAsync("a", "b", "c"));
    }

    [Fact]
    public async Task What_depends_on_a_task_that_is_cancelled_again_does_not_hang()
    {
        await _queue.AddPlanAsync("p", Step("end", "d"), Step("d", "a", "c"), Step("c", "a", "b"), Step("a"), Step("b"));
        await _queue.FailAsync("a");
        await _queue.FailAsync("b");

        await _queue.RetryAsync("a");

        Assert.Equal("a available, b discarded, c cancelled, d cancelled, end cancelled", await _queue.StatesAsync("a", "b", "c", "d", "end"));
        await _queue.CompleteAsync("a");
        Assert.Equal((PlanState.Failed, _queue.Now), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
    }

    [Fact]
    public async Task A_task_cannot_be_retried_while_its_condition_cannot_come_true()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));
        await _queue.FailAsync("a");

        Assert.Equal([TaskChangeStatus.WrongState], await _queue.RetryAsync("b"));

        Assert.Equal("a discarded, b cancelled", await _queue.StatesAsync("a", "b"));
    }

    [Theory]
    [InlineData("a", "b", "c")]
    [InlineData("c", "b", "a")]
    public async Task A_cancelled_plan_can_be_retried_as_a_whole_in_any_order(params string[] order)
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"), Step("c", "b"));
        await CancelPlanAsync();

        Assert.Equal([TaskChangeStatus.Changed, TaskChangeStatus.Changed, TaskChangeStatus.Changed], await _queue.RetryAsync(order));

        Assert.Equal("a available, b blocked, c blocked", await _queue.StatesAsync("a", "b", "c"));
        Assert.Equal(PlanState.Running, (await _queue.PlanAsync("p")).State);
    }

    [Fact]
    public async Task A_task_that_another_of_its_plan_still_needs_is_not_deleted()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));
        await _queue.CompleteAsync("a", "1");

        Assert.Equal(TaskChangeStatus.WrongState, await _queue.Operations.DeleteAsync("a", Cancel));
        await _queue.CompleteAsync("b");
        Assert.Equal(TaskChangeStatus.Changed, await _queue.Operations.DeleteAsync("a", Cancel));

        var plan = await _queue.PlanAsync("p");
        Assert.Equal(("b", 0), (Assert.Single(plan.Tasks).TaskId, plan.Tasks[0].DependsOn.Count));
    }

    [Fact]
    public async Task A_task_that_a_dead_letter_may_need_again_is_not_deleted_before_that_one()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"), Step("c", "b"));
        await _queue.CompleteAsync("a", "1");
        await _queue.FailAsync("b");

        Assert.Equal("a completed, b discarded, c cancelled", await _queue.StatesAsync("a", "b", "c"));
        Assert.Equal(TaskChangeStatus.WrongState, await _queue.Operations.DeleteAsync("a", Cancel));
        Assert.Equal(TaskChangeStatus.WrongState, await _queue.Operations.DeleteAsync("b", Cancel));
        Assert.Equal([TaskChangeStatus.Changed], await _queue.RetryAsync("b"));
        Assert.Equal([new DependencyResult("a", QueuedTaskState.Completed, "1")], await _queue.Store.GetDependenciesAsync("b", Cancel));
        await _queue.CancelAsync("b");
        foreach (var id in (string[])["c", "b", "a"])
        {
            Assert.Equal(TaskChangeStatus.Changed, await _queue.Operations.DeleteAsync(id, Cancel));
        }
    }

    [Fact]
    public async Task Parents_that_end_at_once_from_many_sides_release_their_child_once()
    {
        var parents = Enumerable.Range(0, 24).Select(i => $"a{i}").ToArray();
        await _queue.AddPlanAsync("p", [.. parents.Select(id => Step(id)), Step("child", parents)]);
        var other = Open().Store;

        await Task.WhenAll(parents.Select((id, i) => Task.Run(
            async () =>
            {
                var store = i % 2 == 0 ? _queue.Store : other;
                var lease = Assert.Single(await store.LeaseAsync(new LeaseRequest { Worker = Worker, TaskId = id }, _queue.Now, Cancel)).Token;
                await store.EndAsync([TaskOutcome.Completed(lease)], null, _queue.Now, Cancel);
            },
            Cancel)));

        Assert.Equal("child available", await _queue.StatesAsync("child"));
        Assert.Equal([QueuedTaskState.Blocked, QueuedTaskState.Available], (await _queue.Operations.GetEventsAsync(0, 100, "child", Cancel)).Select(change => change.To));
    }

    private async Task<TaskChangeStatus> CancelPlanAsync() => await _queue.Plans.CancelAsync("p", _queue.Now, Cancel);
}
