using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Signals;
using Orchestrator.Queue.Tests.Schedules;

namespace Orchestrator.Queue.Tests.Plans;

public sealed class TaskPlansTests
{
    private static CancellationToken Cancel => ScheduleFixture.Cancel;

    [Fact]
    public async Task A_plan_is_added_once_and_wakes_the_workers_of_its_queues()
    {
        await using var process = new ScheduleFixture();
        using var other = Signals(process).WatchQueue("other");
        var plan = new TaskPlanBuilder("p", "Two steps").Add(Task("a") with { Queue = "other" }).Add(Task("b"), "a", "a").Build();

        Assert.Equal(EnqueueStatus.Enqueued, await Plans(process).AddAsync(plan, Cancel));
        Assert.Equal(EnqueueStatus.Duplicate, await Plans(process).AddAsync(plan, Cancel));

        await other.WaitAsync(TimeSpan.FromDays(1), Cancel);
        var status = await Plans(process).GetAsync("p", Cancel);
        Assert.Equal(("Two steps", PlanState.Running), (status!.Title, status.State));
        Assert.Equal([QueuedTaskState.Available, QueuedTaskState.Blocked], status.Tasks.Select(task => task.State));
        Assert.Equal(["a"], status.Tasks[1].DependsOn);
        Assert.Equal(["p"], (await Plans(process).ListAsync(cancellationToken: Cancel)).Select(listed => listed.Id));
    }

    [Fact]
    public async Task A_wrong_plan_is_refused_before_anything_is_written()
    {
        await using var process = new ScheduleFixture();

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await Plans(process).AddAsync(new TaskPlanBuilder("p").Add(Task("a"), "b").Add(Task("b"), "a").Build(), Cancel));

        Assert.Contains("a -> b -> a", error.Message, StringComparison.Ordinal);
        Assert.Null(await Plans(process).GetAsync("p", Cancel));
        Assert.Empty(await process.TasksAsync());
    }

    [Fact]
    public async Task A_plan_with_a_task_whose_id_is_taken_is_refused_as_a_whole()
    {
        await using var process = new ScheduleFixture();
        await process.Services.GetRequiredService<ITaskQueue>().EnqueueAsync(Task("b"), Cancel);

        var error = await Assert.ThrowsAsync<OrchestratorException>(async () => await Plans(process).AddAsync(new TaskPlanBuilder("p").Add(Task("a")).Add(Task("b")).Build(), Cancel));

        Assert.Equal("queue.plan_conflict", error.Code);
        Assert.Contains("'b'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["b"], await process.TasksAsync());
    }

    [Fact]
    public async Task A_decision_wakes_who_waits_for_the_gate_and_all_workers()
    {
        await using var process = new ScheduleFixture();
        await Plans(process).AddAsync(new TaskPlanBuilder("p").AddGate(Task("g")).Add(Task("a") with { Queue = "other" }, "g").Build(), Cancel);
        using var gate = Signals(process).WatchTask("g");
        using var other = Signals(process).WatchQueue("other");

        Assert.Equal(TaskChangeStatus.Changed, await Plans(process).DecideAsync("g", Decision, Cancel));
        Assert.Equal(TaskChangeStatus.WrongState, await Plans(process).DecideAsync("g", Decision, Cancel));
        Assert.Equal(TaskChangeStatus.NotFound, await Plans(process).DecideAsync("x", Decision, Cancel));

        await gate.WaitAsync(TimeSpan.FromDays(1), Cancel);
        await other.WaitAsync(TimeSpan.FromDays(1), Cancel);
        Assert.Equal(QueuedTaskState.Available, (await process.Store.GetAsync("a", Cancel))!.State);
    }

    [Fact]
    public async Task Cancelling_a_plan_wakes_who_waits_for_its_tasks()
    {
        await using var process = new ScheduleFixture();
        await Plans(process).AddAsync(new TaskPlanBuilder("p").Add(Task("a")).Add(Task("b"), "a").Build(), Cancel);
        var waiting = process.Services.GetRequiredService<ITaskQueue>().WaitAsync("b", Cancel).AsTask();

        Assert.Equal(TaskChangeStatus.Changed, await Plans(process).CancelAsync("p", Cancel));

        Assert.Equal(QueuedTaskState.Cancelled, (await waiting)!.State);
        Assert.Equal(PlanState.Cancelled, (await Plans(process).GetAsync("p", Cancel))!.State);
        Assert.Equal(TaskChangeStatus.NotFound, await Plans(process).CancelAsync("x", Cancel));
    }

    [Fact]
    public async Task The_callers_trace_goes_along_with_every_task()
    {
        await using var process = new ScheduleFixture();
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        await Plans(process).AddAsync(new TaskPlanBuilder("p").Add(Task("a")).Build(), Cancel);

        Assert.Equal(activity.Id, (await process.Store.GetAsync("a", Cancel))!.TraceParent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_list_of_no_plans_or_too_many_is_refused(int limit)
    {
        await using var process = new ScheduleFixture();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Plans(process).ListAsync(limit, Cancel));
    }

    private static GateDecision Decision => new() { IsApproved = true, By = "operator" };

    private static ITaskPlans Plans(ScheduleFixture process) => process.Services.GetRequiredService<ITaskPlans>();

    private static TaskSignals Signals(ScheduleFixture process) => process.Services.GetRequiredService<TaskSignals>();

    private static TaskSubmission Task(string id) => new() { Id = id, Type = "test", Payload = "1" };
}
