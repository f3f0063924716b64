using Orchestrator.Routing.Tests.Rules;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class SelectionPolicyTests
{
    private const int Tasks = 20_000;

    [Fact]
    public void Weighted_follows_the_weights_and_says_with_which_probability()
    {
        var rig = Rig(RoutingPolicies.Weighted, options =>
        {
            options.Providers["a"] = new() { Weight = 1 };
            options.Providers["b"] = new() { Weight = 3 };
            options.Providers["c"] = new() { Weight = 0 };
        });

        var counts = Count(rig, out var propensities);

        Assert.Equal(["a", "b"], counts.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(ExperimentTests.ChiSquare([counts["a"], counts["b"]], [0.25, 0.75]), 0, 10.8);
        Assert.Equal((0.25, 0.75), (propensities["a"], propensities["b"]));
    }

    [Fact]
    public void Weighted_without_any_weight_takes_the_best()
    {
        var rig = Rig(RoutingPolicies.Weighted, options => options.Providers["a"] = new() { Weight = 0 });

        Assert.Equal("a", rig.Router.Route(NewTask(), new RoutingConstraints { Excluded = ["b", "c"] }).Provider);
    }

    [Fact]
    public void The_better_of_two_by_chance_never_takes_the_worst_and_each_other_by_its_rank()
    {
        var rig = Rig(RoutingPolicies.PowerOfTwoChoices);

        var counts = Count(rig, out var propensities);

        Assert.Equal(["a", "b"], counts.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(ExperimentTests.ChiSquare([counts["a"], counts["b"]], [2 / 3.0, 1 / 3.0]), 0, 10.8);
        Assert.Equal(2 / 3.0, propensities["a"], 9);
        Assert.Equal(1 / 3.0, propensities["b"], 9);
    }

    [Fact]
    public void Tiers_take_the_best_of_the_lowest_tier_that_has_an_eligible_one()
    {
        var rig = Rig(RoutingPolicies.Tiers, options =>
        {
            options.Providers["a"] = new() { Tier = 2 };
            options.Providers["b"] = new() { Tier = 1 };
            options.Providers["c"] = new() { Tier = 1 };
        });

        var decision = rig.Router.Route(NewTask());
        Assert.Equal(("b", RoutingReason.Policy, "tiers", 1.0), (decision.Provider, decision.Reason, decision.Because, decision.Propensity!.Value));
        Assert.Equal(["c", "a"], decision.Fallbacks);
        Assert.Equal("a", rig.Router.Route(NewTask(), new RoutingConstraints { Excluded = ["b", "c"] }).Provider);
    }

    [Fact]
    public void Thompson_draws_by_what_is_believed_and_its_probabilities_are_about_right()
    {
        var rig = Rig(RoutingPolicies.Thompson);

        var counts = Count(rig, out var propensities);

        Assert.Equal(3, counts.Count);
        Assert.All(counts, pair => Assert.InRange(pair.Value / Tasks, propensities[pair.Key] - 0.06, propensities[pair.Key] + 0.06));
        Assert.True(counts["a"] > counts["b"] && counts["b"] > counts["c"]);
    }

    [Theory]
    [InlineData(RoutingPolicies.Thompson)]
    [InlineData(RoutingPolicies.Best)]
    public void Nothing_is_explored_when_learning_is_frozen_or_the_task_is_too_important(string policy)
    {
        var frozen = Rig(policy, options => (options.Learning.Frozen, options.Learning.FloorShare, options.Learning.ExplorationShare) = (true, 0.5, 0.5));
        var free = Rig(policy, options => (options.Learning.FloorShare, options.Learning.ExplorationShare) = (0.5, 0.5));

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(("a", 1.0), (frozen.Router.Route(NewTask()).Provider, frozen.Router.Route(NewTask()).Propensity!.Value));
            Assert.Equal("a", free.Router.Route(NewTask() with { Priority = 1 }).Provider);
        }

        Assert.Contains(Enumerable.Range(0, 100), _ => free.Router.Route(NewTask()).Provider != "a");
    }

    [Fact]
    public void The_floor_gives_every_candidate_its_share_of_the_traffic()
    {
        var rig = Rig(RoutingPolicies.Best, options => options.Learning.FloorShare = 0.3);

        var counts = Count(rig, out var propensities);

        Assert.InRange(ExperimentTests.ChiSquare([counts["a"], counts["b"], counts["c"]], [0.8, 0.1, 0.1]), 0, 13.8);
        Assert.Equal((0.8, 0.1, 0.1), (Math.Round(propensities["a"], 9), Math.Round(propensities["b"], 9), Math.Round(propensities["c"], 9)));
        var explored = Enumerable.Range(0, 100).Select(_ => rig.Router.Route(NewTask())).First(decision => decision.Provider != "a");
        Assert.Equal(RoutingReason.Exploration, explored.Reason);
    }

    [Theory]
    [InlineData(RoutingPolicies.Best)]
    [InlineData(RoutingPolicies.Weighted)]
    [InlineData(RoutingPolicies.PowerOfTwoChoices)]
    public void Chance_does_not_tear_a_session_apart(string policy)
    {
        var rig = Rig(policy, options => options.Learning.FloorShare = 0.5);
        var task = NewTask() with { SessionKey = "s" };
        rig.Router.Route(task with { Provider = "a" });

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(("a", RoutingReason.Sticky), (rig.Router.Route(task).Provider, rig.Router.Route(task).Reason)));
    }

    [Fact]
    public void A_hosts_own_policy_is_asked_with_the_eligible_ones_and_the_seed()
    {
        var policy = new LastPolicy();
        var registry = new ProviderRegistry(
            [new StubProvider(Provider("a")), new StubProvider(Provider("b")), new StubProvider(Provider("c"))], new ProviderRoutingOptions { Policy = "LAST", UseCatalogue = false }, policies: [policy]);
        var router = new ProviderRouter(registry);

        var decision = router.Route(NewTask(), new RoutingConstraints { Excluded = ["c"] });

        Assert.Equal(("b", RoutingReason.Policy, "last"), (decision.Provider, decision.Reason, decision.Because));
        Assert.Equal(["a"], decision.Fallbacks);
        Assert.Equal((2, decision.Seed), (policy.Count, policy.Seed));

        policy.Answer = 7;
        Assert.Equal("a", router.Route(NewTask()).Provider);
    }

    [Fact]
    public void The_same_seed_makes_the_same_decisions()
    {
        string?[] Run()
        {
            var rig = Rig(RoutingPolicies.PowerOfTwoChoices);
            return [.. Enumerable.Range(0, 50).Select(_ => rig.Router.Route(NewTask()).Provider)];
        }

        Assert.Equal(Run(), Run());
    }

    private static RouterRig Rig(string policy, Action<ProviderRoutingOptions>? configure = null) =>
        new([Provider("a"), Provider("b", 0.02m), Provider("c", 0.04m)], options =>
        {
            options.Policy = policy;
            configure?.Invoke(options);
        });

    private static Dictionary<string, double> Count(RouterRig rig, out Dictionary<string, double> propensities)
    {
        var decisions = Enumerable.Range(0, Tasks).Select(_ => rig.Router.Route(NewTask())).ToList();
        propensities = decisions.GroupBy(decision => decision.Provider!).ToDictionary(group => group.Key, group => group.First().Propensity!.Value);
        return decisions.CountBy(decision => decision.Provider!).ToDictionary(pair => pair.Key, pair => (double)pair.Value);
    }

    private sealed class LastPolicy : ISelectionPolicy
    {
        public string Name => "last";

        public int Count { get; private set; }

        public ulong Seed { get; private set; }

        public int? Answer { get; set; }

        public SelectionChoice Select(ReadOnlySpan<SelectionCandidate> eligible, ulong seed)
        {
            (Count, Seed) = (eligible.Length, seed);
            return Answer ?? eligible.Length - 1;
        }
    }
}
