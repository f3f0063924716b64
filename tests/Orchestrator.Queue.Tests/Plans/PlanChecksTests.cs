using Orchestrator.Queue.Plans;

namespace Orchestrator.Queue.Tests.Plans;

public sealed class PlanChecksTests
{
    [Fact]
    public void A_plan_without_a_cycle_is_right()
    {
        PlanChecks.Check(new TaskPlanBuilder("p").Add(Task("d"), "b", "c").Add(Task("b"), "a").Add(Task("c"), "a").Add(Task("a")).AddGate(Task("g"), "d").Build());
    }

    [Fact]
    public void A_chain_of_ten_thousand_tasks_is_right()
    {
        var tasks = Enumerable.Range(0, TaskPlan.MaxTasks).Select(i => new PlanTask { Task = Task($"t{i}"), DependsOn = i == TaskPlan.MaxTasks - 1 ? [] : [$"t{i + 1}"] });

        PlanChecks.Check(new TaskPlan { Id = "p", Tasks = [.. tasks] });
    }

    [Fact]
    public void A_cycle_is_named_with_its_whole_path() =>
        AssertWrong("Plan 'p' has a cycle: b -> c -> d -> b.", new TaskPlanBuilder("p").Add(Task("a"), "b").Add(Task("b"), "c").Add(Task("c"), "e", "d").Add(Task("d"), "b").Add(Task("e")));

    [Fact]
    public void A_task_that_depends_on_itself_is_a_cycle() => AssertWrong("Plan 'p' has a cycle: a -> a.", new TaskPlanBuilder("p").Add(Task("a"), "a"));

    [Fact]
    public void An_unknown_dependency_is_named() =>
        AssertWrong("Plan 'p' lets 'a' depend on 'x', which is not in it.", new TaskPlanBuilder("p").Add(Task("a"), "b", "x").Add(Task("b")));

    [Theory]
    [InlineData(PlanCondition.AnyFailed)]
    [InlineData(PlanCondition.AnySucceeded)]
    public void A_task_that_waits_for_any_of_nothing_is_refused(PlanCondition condition) =>
        AssertWrong("Plan 'p' lets 'a' wait for any of its dependencies, but it has none.", new TaskPlanBuilder("p").Add(Task("a"), condition));

    [Fact]
    public void Two_tasks_of_one_id_are_named() => AssertWrong("Plan 'p' has two tasks 'a'.", new TaskPlanBuilder("p").Add(Task("a")).Add(Task("a")));

    [Fact]
    public void A_plan_without_tasks_is_refused() => AssertWrong("Plan 'p' has no tasks.", new TaskPlanBuilder("p"));

    [Fact]
    public void A_plan_of_too_many_tasks_is_refused() =>
        AssertWrong("Plan 'p' has 10001 tasks; the limit is 10000.", Enumerable.Range(0, 10_001).Aggregate(new TaskPlanBuilder("p"), (plan, i) => plan.Add(Task($"t{i}"))));

    [Fact]
    public void A_plan_of_too_many_dependencies_is_refused()
    {
        var first = Enumerable.Range(0, 500).Select(i => new PlanTask { Task = Task($"a{i}") }).ToList();
        ValueList<string> all = [.. first.Select(task => task.Task.Id)];
        var second = Enumerable.Range(0, 401).Select(i => new PlanTask { Task = Task($"b{i}"), DependsOn = all });

        var error = Assert.Throws<ArgumentException>(() => PlanChecks.Check(new TaskPlan { Id = "p", Tasks = [.. first, .. second] }));

        Assert.StartsWith("Plan 'p' has 200500 dependencies; the limit is 200000.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_cannot_be_assigned_to_a_worker() =>
        AssertWrong("Plan 'p' assigns the gate 'g' to a worker; a person decides it.", new TaskPlanBuilder("p").AddGate(Task("g") with { Assignment = new TaskAssignment { WorkerName = "w" } }));

    private static void AssertWrong(string message, TaskPlanBuilder plan) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => PlanChecks.Check(plan.Build())).Message, StringComparison.Ordinal);

    private static TaskSubmission Task(string id) => new() { Id = id, Type = "test", Payload = "1" };
}
