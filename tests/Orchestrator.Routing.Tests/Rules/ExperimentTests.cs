using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Rules;

public sealed class ExperimentTests
{
    private const int Tasks = 20_000;

    [Fact]
    public void Arms_get_their_shares_of_the_tasks()
    {
        var rig = Rig(new RoutingExperiment { Name = "ab", Arms = [Arm("a", 0.1, "one"), Arm("b", 0.3, "two")] });
        var counts = Enumerable.Range(0, Tasks).Select(i => rig.Router.Route(Task(i)).Because ?? "rest").CountBy(arm => arm).ToDictionary();

        // Chi-square with two degrees of freedom: 13.8 is passed by chance once in a thousand; the tasks are always the same.
        Assert.InRange(ChiSquare([counts["ab/a"], counts["ab/b"], counts["rest"]], [0.1, 0.3, 0.6]), 0, 13.8);
    }

    [Fact]
    public void A_task_stays_in_its_arm_through_retries_and_in_every_process()
    {
        var experiment = new RoutingExperiment { Name = "ab", Arms = [Arm("a", 0.5, "one"), Arm("b", 0.5, "two")] };
        var (first, second) = (Rig(experiment), Rig(experiment));

        for (var i = 0; i < 200; i++)
        {
            var decision = first.Router.Route(Task(i));
            Assert.Equal(decision.Because, second.Router.Route(Task(i), new RoutingConstraints { AlreadyTried = ["best"] }).Because);
            Assert.Equal((decision.Because == "ab/a" ? "one" : "two", RoutingReason.Experiment), (decision.Provider, decision.Reason));
        }
    }

    [Fact]
    public void Another_name_deals_the_tasks_anew()
    {
        var (first, second) = (Rig(new RoutingExperiment { Name = "x", Arms = [Arm("a", 0.5, "one")] }), Rig(new RoutingExperiment { Name = "y", Arms = [Arm("a", 0.5, "one")] }));
        var same = Enumerable.Range(0, 2_000).Count(i => first.Router.Route(Task(i)).Provider == second.Router.Route(Task(i)).Provider);

        Assert.InRange(same, 850, 1_150);
    }

    [Fact]
    public void A_unit_label_keeps_everything_of_one_value_in_one_arm()
    {
        var rig = Rig(new RoutingExperiment { Name = "ab", UnitLabel = "tenant", Arms = [Arm("a", 0.5, "one"), Arm("b", 0.5, "two")] });

        string?[] ArmsOf(string tenant) =>
            [.. Enumerable.Range(0, 50).Select(i => rig.Router.Route(Task(i) with { Labels = new ValueMap([new("tenant", tenant)]) }).Because).Distinct()];

        Assert.Equal(2, Enumerable.Range(0, 20).Select(i => Assert.Single(ArmsOf($"tenant-{i}"))).Distinct().Count());
    }

    [Fact]
    public void A_shadow_is_only_written_down()
    {
        var rig = Rig(new RoutingExperiment { Name = "ab", Shadow = true, Arms = [Arm("a", 1, "one")] });

        var explanation = rig.Router.Explain(NewTask());

        Assert.Equal(("best", RoutingReason.BestScore), (explanation.Decision.Provider, explanation.Decision.Reason));
        Assert.Equal("experiment 'ab': the task is in arm 'a' (provider one); only written down, as the experiment is a shadow", Assert.Single(explanation.Notes));
    }

    [Fact]
    public void A_task_of_no_arm_is_routed_as_ever_and_the_note_says_so()
    {
        var rig = Rig(new RoutingExperiment { Name = "ab", Arms = [Arm("a", 0.0001, "one")] });

        var explanation = rig.Router.Explain(NewTask());

        Assert.Equal("best", explanation.Decision.Provider);
        Assert.Equal("experiment 'ab': the task is in none of its arms", Assert.Single(explanation.Notes));
    }

    [Fact]
    public void A_rule_goes_before_experiments_and_of_several_experiments_the_first_that_matches_counts()
    {
        var experiments = new RoutingExperiment[]
        {
            new() { Name = "generate", When = new() { TaskTypes = [AgentTaskType.Generate] }, Arms = [Arm("a", 1, "one")] },
            new() { Name = "first", When = new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Refactor] }, Arms = [Arm("a", 1, "two")] },
            new() { Name = "second", When = new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Optimize] }, Arms = [Arm("a", 1, "one")] },
        };

        Assert.Equal("first/a", Rig(experiments).Router.Route(NewTask()).Because);
        Assert.Equal(RejectionReason.Rule, Rig(experiments).Candidate("one").Rejection);

        var withRule = new RouterRig([Provider("best"), Provider("one", 0.1m), Provider("two", 0.2m)], options =>
        {
            options.Rules.Add(new() { Name = "rule", When = new() { TaskTypes = [AgentTaskType.Fix] }, Then = new() { Deny = ["two"] } });
            options.Experiments.Add(new() { Name = "late", When = new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Generate] }, Arms = [Arm("a", 1, "one")] });
        });
        Assert.Equal(("best", "rule"), (withRule.Router.Route(NewTask()).Provider, withRule.Router.Route(NewTask()).Because));
    }

    internal static double ChiSquare(double[] seen, double[] shares) =>
        seen.Zip(shares, (count, share) => (count, expected: share * seen.Sum())).Sum(pair => (pair.count - pair.expected) * (pair.count - pair.expected) / pair.expected);

    private static AgentTask Task(int i) => NewTask() with { Id = $"task-{i}" };

    private static ExperimentArm Arm(string name, double share, string provider) => new() { Name = name, Share = share, Then = new() { Provider = provider } };

    private static RouterRig Rig(params RoutingExperiment[] experiments) => new([Provider("best"), Provider("one", 0.1m), Provider("two", 0.2m)], options =>
    {
        foreach (var experiment in experiments)
        {
            options.Experiments.Add(experiment);
        }
    });
}
