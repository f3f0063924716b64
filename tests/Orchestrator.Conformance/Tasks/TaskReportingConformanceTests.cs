using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>What workers tell an <see cref="ITaskStore"/> about their work, and what it tells them.</summary>
public abstract class TaskReportingConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task Progress_is_kept_and_replaced()
    {
        await AddAsync(New("t1"));
        var lease = (await LeaseOneAsync()).Token;

        var status = await Store.ReportAsync(lease, new TaskProgress(12.5, "cloning"), [], Now, Cancel);
        var first = (await GetAsync("t1")).Progress;
        await Store.ReportAsync(lease, null, [new TaskLogLine { Text = "a line" }], Now, Cancel);
        var second = (await GetAsync("t1")).Progress;
        await Store.ReportAsync(lease, new TaskProgress(null, "testing"), [], Now, Cancel);
        await EndAsync(TaskOutcome.Completed(lease));

        Assert.Equal(LeaseStatus.Held, status);
        Assert.Equal(new TaskProgress(12.5, "cloning"), first);
        Assert.Equal(new TaskProgress(12.5, "cloning"), second);
        Assert.Equal(new TaskProgress(null, "testing"), (await GetAsync("t1")).Progress);
    }

    [Fact]
    public async Task NUL_characters_in_what_a_worker_says_are_replaced()
    {
        await AddAsync(New("t1"));
        var lease = (await LeaseOneAsync()).Token;

        await Store.ReportAsync(lease, new TaskProgress(null, "c\0d"), [new TaskLogLine { Text = "e\0f" }], Now, Cancel);
        await Store.CheckpointAsync(lease, "g\0h", Cancel);
        await EndAsync(TaskOutcome.Failed(lease, new TaskFailure { Code = "broken", Message = "i\0j", Result = "k\0l" }));

        var task = await GetAsync("t1");
        Assert.Equal(("c\uFFFDd", "g\uFFFDh"), (task.Progress?.Message, task.Checkpoint));
        Assert.Equal(("i\uFFFDj", "k\uFFFDl", "k\uFFFDl"), (task.Failure!.Message, task.Failure.Result, task.Result));
        Assert.Equal("e\uFFFDf", Assert.Single(await Operations.GetLogAsync("t1", 0, 10, Cancel)).Text);
    }

    [Fact]
    public async Task Lines_without_progress_are_no_progress()
    {
        await AddAsync(New("t1"));

        await Store.ReportAsync((await LeaseOneAsync()).Token, null, [new TaskLogLine { Text = "a line" }], Now, Cancel);

        Assert.Null((await GetAsync("t1")).Progress);
    }

    [Fact]
    public async Task Lines_are_kept_in_their_order_with_their_time_level_and_lease()
    {
        await AddAsync(New("t1"), New("t2"));
        var lease = (await LeaseOneAsync()).Token;

        await Store.ReportAsync(lease, null, [new TaskLogLine { Text = "ä€😀\n", At = Now - Minute, Level = TaskLogLevel.Warning }, new TaskLogLine { Text = "second" }], Now, Cancel);
        await Store.ReclaimAsync(Worker.Id, Now, Cancel);
        var again = await LeaseOneAsync();
        await Store.ReportAsync(again.Token, null, [new TaskLogLine { Text = "third", Level = TaskLogLevel.Error }], Now + Second, Cancel);

        var lines = await Operations.GetLogAsync("t1", 0, 9, Cancel);
        Assert.Equal(
            [("ä€😀\n", Now - Minute, TaskLogLevel.Warning, 1L), ("second", Now, TaskLogLevel.Information, 1L), ("third", Now + Second, TaskLogLevel.Error, 2L)],
            lines.Select(line => (line.Text, line.At, line.Level, line.LeaseId)));
        Assert.Equal(lines.Select(line => line.Sequence).Order(), lines.Select(line => line.Sequence));
        Assert.Empty(await Operations.GetLogAsync("t2", 0, 9, Cancel));
    }

    [Fact]
    public async Task Only_the_latest_lines_of_a_task_are_kept()
    {
        await AddAsync(New("t1"), New("t2"));
        var leases = await LeaseAsync(Ask(2));
        await Store.ReportAsync(leases[1].Token, null, [new TaskLogLine { Text = "of another task" }], Now, Cancel);

        foreach (var part in Enumerable.Range(0, 3))
        {
            var lines = Enumerable.Range(0, 4000).Select(i => new TaskLogLine { Text = $"{(part * 4000) + i}" });
            await Store.ReportAsync(leases[0].Token, null, lines.ToValueList(), Now, Cancel);
        }

        await Store.ReportAsync(leases[0].Token, null, [new TaskLogLine { Text = "last" }], Now, Cancel);

        var kept = await Operations.GetLogAsync("t1", 0, 2 * TaskStoreLimits.MaxLogLines, Cancel);
        Assert.Equal(TaskStoreLimits.MaxLogLines, kept.Count);
        Assert.Equal(("2001", "last"), (kept[0].Text, kept[^1].Text));
        Assert.Single(await Operations.GetLogAsync("t2", 0, 9, Cancel));
    }

    [Fact]
    public async Task Long_lines_and_messages_are_cut_between_characters()
    {
        await AddAsync(New("t1"));
        var text = new string('a', TaskStoreLimits.MaxLogLineLength - 1) + "😀😀";
        var message = new string('b', TaskStoreLimits.MaxProgressLength) + "c";

        await Store.ReportAsync((await LeaseOneAsync()).Token, new TaskProgress(1, message), [new TaskLogLine { Text = text }], Now, Cancel);

        Assert.Equal(text[..(TaskStoreLimits.MaxLogLineLength - 1)], Assert.Single(await Operations.GetLogAsync("t1", 0, 9, Cancel)).Text);
        Assert.Equal(message[..^1], (await GetAsync("t1")).Progress!.Value.Message);
    }

    [Fact]
    public async Task A_task_of_a_plan_is_told_how_those_ended_that_it_depends_on()
    {
        await Plans.AddAsync(
            new TaskPlan
            {
                Id = "p1",
                Tasks =
                [
                    new PlanTask { Task = New("b") }, new PlanTask { Task = New("a") }, new PlanTask { Task = New("slow") },
                    new PlanTask { Task = New("last"), DependsOn = ["slow", "b", "a"], Condition = PlanCondition.AnySucceeded },
                ],
            },
            Now,
            Cancel);
        var leases = (await LeaseAsync(Ask(9))).ToDictionary(lease => lease.Task.Id, lease => lease.Token);
        Assert.Empty(await Store.GetDependenciesAsync("last", Cancel));

        await EndAsync(TaskOutcome.Failed(leases["a"], Transient with { Retryable = false }));
        await EndAsync(TaskOutcome.Completed(leases["b"], """{"n":1}"""));

        Assert.Equal(
            [new DependencyResult("a", QueuedTaskState.Discarded, null), new DependencyResult("b", QueuedTaskState.Completed, """{"n":1}""")],
            await Store.GetDependenciesAsync("last", Cancel));
        Assert.Equal("last", (await LeaseOneAsync()).Task.Id);
        Assert.Empty(await Store.GetDependenciesAsync("a", Cancel));
        Assert.Empty(await Store.GetDependenciesAsync("none", Cancel));
    }

    [Fact]
    public async Task What_depends_on_a_task_moves_in_the_call_that_ends_it()
    {
        await Plans.AddAsync(
            new TaskPlan { Id = "p1", Tasks = [new PlanTask { Task = New("a") }, new PlanTask { Task = New("b"), DependsOn = ["a"] }] }, Now, Cancel);

        var exchange = await Store.EndAsync([TaskOutcome.Completed((await LeaseOneAsync()).Token)], Ask(), Now, Cancel);

        Assert.Equal(["b"], exchange.Leased.Select(lease => lease.Task.Id));
    }

    [Fact]
    public async Task What_depends_on_a_task_that_was_given_up_without_a_worker_moves_with_it()
    {
        await Plans.AddAsync(
            new TaskPlan
            {
                Id = "p1",
                Tasks =
                [
                    new PlanTask { Task = New("overdue") with { Deadline = Now + Second, Delay = Minute } }, new PlanTask { Task = New("a"), DependsOn = ["overdue"] },
                    new PlanTask { Task = New("b"), DependsOn = ["overdue"], Condition = PlanCondition.AnyFailed },
                ],
            },
            Now,
            Cancel);

        await Store.DiscardOverdueAsync(Now + Second, Cancel);

        Assert.Equal(QueuedTaskState.Cancelled, await StateAsync("a"));
        Assert.Equal(QueuedTaskState.Available, await StateAsync("b"));
    }
}
