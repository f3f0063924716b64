using Microsoft.Extensions.Logging;
using Orchestrator.Providers;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class OwnPolicyTests : IDisposable
{
    private readonly RecordingLoggerProvider _logged = new();
    private readonly ManualTimeProvider _clock = new();

    private IEnumerable<LogEntry> Errors => _logged.Entries.Where(entry => entry.Level >= LogLevel.Warning);

    [Fact]
    public void A_policy_that_throws_costs_its_choice_and_no_decision()
    {
        var router = Router((_, _) => throw new InvalidOperationException("It broke."));

        var explanation = router.Explain(NewTask());
        var decision = router.Route(NewTask());

        Assert.Equal(("a", RoutingReason.BestScore, null, null), (decision.Provider, decision.Reason, decision.Because, decision.Propensity));
        Assert.Equal(["b", "c"], decision.Fallbacks);
        var entry = Assert.Single(Errors);
        Assert.Equal((1010, LogLevel.Error, "It broke."), (entry.EventId.Id, entry.Level, entry.Exception?.Message));
        Assert.Equal(decision with { Id = explanation.Decision.Id }, explanation.Decision);
        Assert.Equal("the selection policy 'own' failed, so the best score was taken; the log holds the error", Assert.Single(explanation.Notes));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void An_index_that_is_none_is_logged_and_the_best_is_taken(int index)
    {
        var decision = Router((_, _) => index).Route(NewTask());

        Assert.Equal(("a", RoutingReason.BestScore, null), (decision.Provider, decision.Reason, decision.Propensity));
        Assert.Contains($"number {index} of 3", Assert.Single(Errors).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_throws_in_a_decision_about_a_half_open_provider_does_not_lose_its_probe()
    {
        var breaks = true;
        var router = Router((_, _) => breaks ? throw new InvalidOperationException("It broke.") : 0);
        foreach (var provider in new[] { "a", "b" })
        {
            router.Report(new ExecutionOutcome(Guid.Empty, provider, default, OutcomeStage.Ended, FailureClass.Authentication));
        }

        _clock.Advance(TimeSpan.FromHours(1));
        var first = router.Route(NewTask(), new RoutingConstraints { Excluded = ["c"] });
        var second = router.Route(NewTask(), new RoutingConstraints { Excluded = ["c"] });
        breaks = false;

        Assert.Equal(("a", "b"), (first.Provider, second.Provider));
        Assert.Equal("c", router.Route(NewTask()).Provider);
        router.Report(new ExecutionOutcome(first.Id, "a", default, OutcomeStage.Ended));
        Assert.Equal("a", router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_policy_may_itself_ask_the_router()
    {
        ProviderRouter? router = null;
        var depth = 0;
        router = Router((eligible, _) =>
        {
            if (depth++ == 0)
            {
                router!.Route(NewTask(), new RoutingConstraints { Excluded = ["a", "b"] });
                router.Explain(NewTask());
            }

            return eligible.Length - 1;
        });

        var decision = router.Route(NewTask());

        Assert.Equal(("c", "own"), (decision.Provider, decision.Because));
        Assert.Equal(["a", "b"], decision.Fallbacks);
    }

    [Theory]
    [InlineData(0.25, 0.25)]
    [InlineData(1.0, 1.0)]
    [InlineData(0.0, null)]
    [InlineData(1.5, null)]
    [InlineData(double.NaN, null)]
    public void A_policy_may_say_how_likely_its_choice_was(double said, double? known) =>
        Assert.Equal(known, Router((_, _) => new SelectionChoice(1, said)).Route(NewTask()).Propensity);

    [Fact]
    public void Without_its_word_nobody_knows_how_likely_the_choice_was_and_nobody_claims_to()
    {
        var router = Router((_, _) => 1);

        var decision = router.Route(NewTask());

        Assert.Equal(("b", RoutingReason.Policy, null), (decision.Provider, decision.Reason, decision.Propensity));
        Assert.Equal(1, router.Route(NewTask() with { Provider = "b" }).Propensity);
        Assert.Equal(1, router.Route(NewTask() with { Provider = "nobody" }).Propensity);
        Assert.Empty(Errors);
    }

    [Fact]
    public void A_rejection_is_as_certain_as_it_was()
    {
        var rig = new RouterRig([Provider("a")]);

        Assert.Equal(1, rig.Router.Route(NewTask() with { Requires = ["fly"] }).Propensity);
    }

    public void Dispose() => _logged.Dispose();

    private ProviderRouter Router(CallbackPolicy.Choosing choose)
    {
        var registry = new ProviderRegistry(
            [new StubProvider(Provider("a")), new StubProvider(Provider("b", 0.1m)), new StubProvider(Provider("c", 0.2m))],
            new ProviderRoutingOptions { Policy = "own", UseCatalogue = false, Seed = 1 },
            policies: [new CallbackPolicy(choose)]);
        return new ProviderRouter(registry, _clock, _logged.CreateLogger<ProviderRouter>());
    }
}
