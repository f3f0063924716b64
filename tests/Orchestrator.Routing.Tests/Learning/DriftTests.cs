using Orchestrator.Providers;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Learning;

/// <summary>Six providers, of which the best one drops from .92 to .45 half way and another rises from .75 to .90; 12 seeds of 12,000 tasks, through the router.</summary>
public sealed class DriftTests
{
    private const int Tasks = 12_000;
    private const int Seeds = 12;
    private const int Degraded = 0;
    private const int Risen = 3;
    private static readonly double[] Before = [0.92, 0.85, 0.80, 0.75, 0.70, 0.60];

    [Fact]
    public void Under_thompson_the_router_leaves_a_provider_that_degrades_and_finds_the_one_that_rose()
    {
        var result = Simulate(RoutingPolicies.Thompson);

        Assert.True(result.SuccessBefore >= 0.90, $"Success before the drop: {result.SuccessBefore:0.0000}.");
        Assert.True(result.SuccessAfter >= 0.88, $"Success after the drop: {result.SuccessAfter:0.0000}.");
        Assert.True(result.OnDegraded <= 0.02, $"Picks on the degraded provider in the last 1,000: {result.OnDegraded:0.0000}.");
    }

    [Fact]
    public void With_the_default_policy_a_small_share_of_exploration_is_enough_to_leave_it()
    {
        var result = Simulate(RoutingPolicies.Best, learning => (learning.ExplorationShare, learning.FloorShare) = (0.05, 0.01));

        Assert.True(result.SuccessAfter >= 0.86, $"Success after the drop: {result.SuccessAfter:0.0000}.");
        Assert.True(result.OnDegraded <= 0.02, $"Picks on the degraded provider in the last 1,000: {result.OnDegraded:0.0000}.");
    }

    [Fact]
    public void Frozen_learning_stays_with_a_provider_that_degrades()
    {
        var result = Simulate(RoutingPolicies.Best, learning => learning.Frozen = true, seeds: 1);

        Assert.Equal(1, result.OnDegraded);
    }

    private static (double SuccessBefore, double SuccessAfter, double OnDegraded) Simulate(string policy, Action<LearningOptions>? configure = null, int seeds = Seeds)
    {
        var (before, after, onDegraded) = (0, 0, 0);
        for (var seed = 0; seed < seeds; seed++)
        {
            var rig = new RouterRig(Before.Select((_, index) => Provider($"p{index}")), options =>
            {
                options.Policy = policy;
                options.Seed = (ulong)seed;
                configure?.Invoke(options.Learning);
            });
            var run = Run(rig, SeededRandom.Create(seed));
            (before, after, onDegraded) = (before + run.Before, after + run.After, onDegraded + run.OnDegraded);
        }

        var result = (2.0 * before / (seeds * Tasks), 2.0 * after / (seeds * Tasks), onDegraded / (seeds * 1_000.0));
        TestContext.Current.TestOutputHelper?.WriteLine($"{policy}: success before {result.Item1:0.0000}, after {result.Item2:0.0000}, on the degraded provider {result.Item3:0.0000}");
        return result;
    }

    private static (int Before, int After, int OnDegraded) Run(RouterRig rig, Random random)
    {
        var (before, after, onDegraded) = (0, 0, 0);
        var task = NewTask();
        for (var i = 0; i < Tasks; i++)
        {
            var hasDropped = i >= Tasks / 2;
            var decision = rig.Router.Route(task);
            var chosen = decision.Provider![1] - '0';
            var rate = !hasDropped ? Before[chosen] : chosen == Degraded ? 0.45 : chosen == Risen ? 0.90 : Before[chosen];
            var succeeded = random.NextDouble() < rate;
            rig.Router.Report(new ExecutionOutcome(
                decision.Id, decision.Provider, task.Type, OutcomeStage.Verified, succeeded ? null : FailureClass.VerificationFailed, Complexity: decision.Complexity));
            before += succeeded && !hasDropped ? 1 : 0;
            after += succeeded && hasDropped ? 1 : 0;
            onDegraded += chosen == Degraded && i >= Tasks - 1_000 ? 1 : 0;
        }

        return (before, after, onDegraded);
    }
}
