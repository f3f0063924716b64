using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Plans;

/// <summary>What every <see cref="ITaskPlanStore"/> must do with plans and their conditions. Each test starts with an empty database.</summary>
public abstract class PlanConformanceTests : IAsyncLifetime
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
    public async Task A_plan_is_kept_as_it_was_added()
    {
        await _queue.Plans.AddAsync(
            new TaskPlan
            {
                Id = "p",
                Title = "ä€😀",
                Tasks =
                [
                    Step("late", "first", "gate") with { Condition = PlanCondition.AnySucceeded },
                    Step("first"),
                    Step("gate", "first") with { IsGate = true },
                ],
            },
            _queue.Now,
            Cancel);

        var plan = await _queue.PlanAsync("p");

        Assert.Equal(("p", "ä€😀", PlanState.Running, _queue.Now, null, 0.0), (plan.Id, plan.Title, plan.State, plan.CreatedAt, plan.FinishedAt, plan.Percent));
        Assert.Equal(new QueueStatistics { Available = 1, Blocked = 2 }, plan.Statistics);
        Assert.Equal(
            [
                new PlanTaskStatus { TaskId = "late", Type = "test", State = QueuedTaskState.Blocked, DependsOn = ["first", "gate"], Condition = PlanCondition.AnySucceeded },
                new PlanTaskStatus { TaskId = "first", Type = "test", State = QueuedTaskState.Available },
                new PlanTaskStatus { TaskId = "gate", Type = "test", State = QueuedTaskState.Blocked, DependsOn = ["first"], IsGate = true },
            ],
            plan.Tasks);
        Assert.Equal(("p", true), ((await _queue.GetAsync("gate")).PlanId, (await _queue.GetAsync("gate")).IsGate));
        Assert.Null(await _queue.Plans.GetAsync("q", Cancel));
    }

    [Fact]
    public async Task A_plan_of_the_same_id_changes_nothing()
    {
        await _queue.AddPlanAsync("p", Step("a"));

        var status = await _queue.Plans.AddAsync(new TaskPlan { Id = "p", Tasks = [Step("b")] }, _queue.Now, Cancel);

        Assert.Equal(EnqueueStatus.Duplicate, status);
        Assert.Null(await _queue.Store.GetAsync("b", Cancel));
        Assert.Equal("a", Assert.Single((await _queue.PlanAsync("p")).Tasks).TaskId);
    }

    [Fact]
    public async Task A_plan_whose_task_is_there_already_adds_nothing()
    {
        await _queue.AddAsync("taken");
        await _queue.AddAsync("holder", task => task with { DeduplicationKey = "key" });

        var byId = await Assert.ThrowsAsync<StorageException>(
            async () => await _queue.Plans.AddAsync(new TaskPlan { Id = "p", Tasks = [Step("a"), Step("taken", "a")] }, _queue.Now, Cancel));
        var byKey = await Assert.ThrowsAsync<StorageException>(
            async () => await _queue.Plans.AddAsync(
                new TaskPlan
                {
                    Id = "p",
                    Tasks = [Step("a"), new PlanTask { Task = Submission("b") with { DeduplicationKey = "key", DeduplicationMode = DeduplicationMode.Replace } }],
                },
                _queue.Now,
                Cancel));

        Assert.Equal((StorageErrorCodes.PlanConflict, StorageErrorCodes.PlanConflict), (byId.Code, byKey.Code));
        Assert.Contains("'taken'", byId.Message, StringComparison.Ordinal);
        Assert.Contains("'holder'", byKey.Message, StringComparison.Ordinal);
        Assert.Null(await _queue.Store.GetAsync("a", Cancel));
        Assert.Null(await _queue.Plans.GetAsync("p", Cancel));
        Assert.Equal(new QueueStatistics { Available = 2 }, await _queue.Operations.GetStatisticsAsync(null, Cancel));
    }

    [Fact]
    public async Task Two_tasks_of_a_plan_cannot_have_one_key()
    {
        var task = new PlanTask { Task = Submission("a") with { DeduplicationKey = "key" } };

        var error = await Assert.ThrowsAsync<StorageException>(
            async () => await _queue.Plans.AddAsync(new TaskPlan { Id = "p", Tasks = [task, task with { Task = task.Task with { Id = "b" } }] }, _queue.Now, Cancel));

        Assert.Equal(StorageErrorCodes.PlanConflict, error.Code);
        Assert.Equal(0, (await _queue.Operations.GetStatisticsAsync(null, Cancel)).Total);
    }

    [Theory]
    [InlineData(PlanCondition.AllSucceeded, "cc", "available")]
    [InlineData(PlanCondition.AllSucceeded, "c-", "blocked")]
    [InlineData(PlanCondition.AllSucceeded, "d-", "cancelled")]
    [InlineData(PlanCondition.AllSucceeded, "cx", "cancelled")]
    [InlineData(PlanCondition.AnySucceeded, "c-", "available")]
    [InlineData(PlanCondition.AnySucceeded, "d-", "blocked")]
    [InlineData(PlanCondition.AnySucceeded, "xc", "available")]
    [InlineData(PlanCondition.AnySucceeded, "dx", "cancelled")]
    [InlineData(PlanCondition.AnyFailed, "d-", "available")]
    [InlineData(PlanCondition.AnyFailed, "x-", "available")]
    [InlineData(PlanCondition.AnyFailed, "c-", "blocked")]
    [InlineData(PlanCondition.AnyFailed, "cd", "available")]
    [InlineData(PlanCondition.AnyFailed, "cc", "cancelled")]
    [InlineData(PlanCondition.AllFinished, "d-", "blocked")]
    [InlineData(PlanCondition.AllFinished, "dc", "available")]
    [InlineData(PlanCondition.AllFinished, "xx", "available")]
    public async Task A_condition_decides_as_soon_as_it_can(PlanCondition condition, string ends, string expected)
    {
        await _queue.AddPlanAsync("p", Step("0"), Step("1"), Step("child", "0", "1") with { Condition = condition });

        await EndEachAsync(ends);

        Assert.Equal($"child {expected}", await _queue.StatesAsync("child"));
        Assert.Equal(expected == "cancelled" ? TaskFailureCodes.DependencyUnmet : null, (await _queue.GetAsync("child")).Failure?.Code);
    }

    [Theory]
    [InlineData(PlanCondition.AllSucceeded, "cancelled")]
    [InlineData(PlanCondition.AnySucceeded, "available")]
    [InlineData(PlanCondition.AnyFailed, "available")]
    [InlineData(PlanCondition.AllFinished, "available")]
    public async Task Tasks_that_end_in_one_transaction_are_judged_together(PlanCondition condition, string expected)
    {
        await _queue.AddPlanAsync("p", Step("good"), Step("bad"), Step("child1", "good", "bad") with { Condition = condition }, Step("child2", "bad", "good") with { Condition = condition });
        var (good, bad) = (await _queue.LeaseAsync("good"), await _queue.LeaseAsync("bad"));

        await _queue.EndAsync(TaskOutcome.Completed(good), TaskOutcome.Failed(bad, Failure()));

        Assert.Equal($"child1 {expected}, child2 {expected}", await _queue.StatesAsync("child1", "child2"));
    }

    [Fact]
    public async Task A_failure_cancels_what_depends_on_it_through_chains_and_diamonds_and_nothing_else()
    {
        await _queue.AddPlanAsync(
            "p", Step("a"), Step("b", "a"), Step("c", "a"), Step("d", "b", "c"), Step("e", "d"), Step("other"), Step("clean-up", "e") with { Condition = PlanCondition.AllFinished });

        await _queue.FailAsync("a");

        Assert.Equal(
            "a discarded, b cancelled, c cancelled, d cancelled, e cancelled, other available, clean-up available",
            await _queue.StatesAsync("a", "b", "c", "d", "e", "other", "clean-up"));
        Assert.Contains("'a'", (await _queue.GetAsync("b")).Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(_queue.Now, (await _queue.GetAsync("e")).FinishedAt);
    }

    [Fact]
    public async Task A_released_task_runs_and_hears_how_what_it_depends_on_ended()
    {
        await _queue.AddPlanAsync("p", Step("b"), Step("a"), Step("child", "a", "b") with { Condition = PlanCondition.AllFinished });
        Assert.Null(await _queue.TryLeaseAsync("child"));

        await _queue.CompleteAsync("b", """{"n":1}""");
        Assert.Equal([new DependencyResult("b", QueuedTaskState.Completed, """{"n":1}""")], await _queue.Store.GetDependenciesAsync("child", Cancel));
        await _queue.FailAsync("a");

        await _queue.LeaseAsync("child");
        Assert.Equal(
            [new DependencyResult("a", QueuedTaskState.Discarded, null), new DependencyResult("b", QueuedTaskState.Completed, """{"n":1}""")],
            await _queue.Store.GetDependenciesAsync("child", Cancel));
        Assert.Empty(await _queue.Store.GetDependenciesAsync("a", Cancel));
    }

    [Fact]
    public async Task A_released_task_still_waits_for_its_own_time()
    {
        var later = _queue.Now.AddHours(1);
        await _queue.AddPlanAsync("p", Step("a"), new PlanTask { Task = Submission("b") with { AvailableAt = later }, DependsOn = ["a"] });

        await _queue.CompleteAsync("a");

        Assert.Equal((QueuedTaskState.Scheduled, later), ((await _queue.GetAsync("b")).State, (await _queue.GetAsync("b")).AvailableAt));
        Assert.Null(await _queue.TryLeaseAsync("b"));
        _queue.Now = later;
        await _queue.LeaseAsync("b");
    }

    [Fact]
    public async Task A_released_task_still_waits_for_its_window()
    {
        var window = new TaskWindow { From = new TimeOnly(22, 0), To = new TimeOnly(23, 0) };
        await _queue.AddPlanAsync("p", Step("a"), new PlanTask { Task = Submission("b") with { Window = window }, DependsOn = ["a"] });
        _queue.Now = _queue.Now.AddHours(23);

        await _queue.CompleteAsync("a");

        Assert.Equal(_queue.Now.AddHours(23), (await _queue.GetAsync("b")).AvailableAt);
        Assert.Null(await _queue.TryLeaseAsync("b"));
        _queue.Now = _queue.Now.AddHours(23);
        await _queue.LeaseAsync("b");
    }

    [Fact]
    public async Task The_waiting_of_a_task_counts_from_when_it_was_released()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));
        _queue.Now = _queue.Now.AddMinutes(1);
        await _queue.AddAsync("waiting");
        _queue.Now = _queue.Now.AddMinutes(1);

        await _queue.CompleteAsync("a");

        var next = await _queue.Store.LeaseAsync(new LeaseRequest { Worker = Worker, Count = 2 }, _queue.Now, Cancel);
        Assert.Equal(["waiting", "b"], next.Select(lease => lease.Task.Id));
    }

    [Theory]
    [InlineData("cc", PlanState.Completed)]
    [InlineData("cd", PlanState.Failed)]
    [InlineData("dx", PlanState.Failed)]
    [InlineData("cx", PlanState.Cancelled)]
    public async Task A_plan_is_finished_when_its_last_task_ended(string ends, PlanState expected)
    {
        await _queue.AddPlanAsync("p", Step("0"), Step("1"), Step("unmet", "0") with { Condition = PlanCondition.AnyFailed }, Step("rest", "unmet") with { Condition = PlanCondition.AllFinished });
        _queue.Now = _queue.Now.AddMinutes(1);
        await EndEachAsync(ends);
        Assert.Equal((PlanState.Running, null), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
        if (ends[0] != 'c')
        {
            await _queue.CompleteAsync("unmet");
        }

        await _queue.CompleteAsync("rest");

        var plan = await _queue.PlanAsync("p");
        Assert.Equal((expected, _queue.Now, 100.0), (plan.State, plan.FinishedAt, plan.Percent));
    }

    [Fact]
    public async Task Plans_are_listed_newest_first_without_their_tasks()
    {
        foreach (var id in (string[])["p1", "p2", "p3"])
        {
            await _queue.AddPlanAsync(id, Step($"{id}-a"), Step($"{id}-b", $"{id}-a"));
        }

        await _queue.CompleteAsync("p2-a");

        var plans = await _queue.Plans.ListAsync(2, Cancel);
        Assert.Equal(["p3", "p2"], plans.Select(plan => plan.Id));
        Assert.All(plans, plan => Assert.Empty(plan.Tasks));
        Assert.Equal(new QueueStatistics { Completed = 1, Available = 1 }, plans[1].Statistics);
        Assert.Equal(50, plans[1].Percent);
    }

    [Fact]
    public async Task A_plan_of_a_thousand_tasks_runs_to_its_end_in_order()
    {
        var layers = Enumerable.Range(0, 10).Select(layer => Enumerable.Range(0, 99).Select(i => $"t{layer}-{i}").ToArray()).ToArray();
        var tasks = layers.SelectMany((ids, layer) => ids.Select((id, i) => layer == 0 ? Step(id) : Step(id, layers[layer - 1][i], layers[layer - 1][(i + 1) % 99])))
            .Append(Step("end", [.. layers[9]])).ToArray();
        await _queue.AddPlanAsync("p", tasks);
        var order = new List<string>();

        ValueList<TaskOutcome> outcomes = [];
        do
        {
            var exchange = await _queue.Store.EndAsync(outcomes, new LeaseRequest { Worker = Worker, Count = 50 }, _queue.Now, Cancel);
            order.AddRange(exchange.Leased.Select(lease => lease.Task.Id));
            outcomes = exchange.Leased.Select(lease => TaskOutcome.Completed(lease.Token)).ToValueList();
        }
        while (outcomes.Count > 0);

        var places = order.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        Assert.Equal(991, places.Count);
        Assert.All(tasks, task => Assert.All(task.DependsOn, parent => Assert.True(places[parent] < places[task.Task.Id])));
        Assert.Equal((PlanState.Completed, 991L), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).Statistics.Completed));
    }

    // c completes, d discards, x cancels the task of that number; - leaves it.
    private async Task EndEachAsync(string ends)
    {
        for (var i = 0; i < ends.Length; i++)
        {
            var id = $"{i}";
            await (ends[i] switch { 'c' => _queue.CompleteAsync(id), 'd' => _queue.FailAsync(id), 'x' => _queue.CancelAsync(id), _ => Task.CompletedTask });
        }
    }
}
