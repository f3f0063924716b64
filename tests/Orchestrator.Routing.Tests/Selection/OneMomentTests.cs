using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class OneMomentTests
{
    [Fact]
    public void Scores_reasons_and_decision_of_an_explanation_speak_of_one_moment()
    {
        ProviderRegistry? registry = null;

        // Whatever happens while the policy chooses happens after the moment that is explained.
        var policy = new CallbackPolicy((_, _) =>
        {
            for (var i = 0; i < 50; i++)
            {
                registry!.Estimates.Add(0, AgentTaskType.Fix, TaskComplexity.Simple, succeeded: false);
            }

            registry!.States[2].InFlight = 0;
            return 0;
        });
        registry = new ProviderRegistry(
            [new StubProvider(Provider("a")), new StubProvider(Provider("b", 1)), new StubProvider(Provider("c") with { Limits = new() { Concurrent = 1 } })],
            new ProviderRoutingOptions { Policy = "own", UseCatalogue = false },
            policies: [policy]);
        registry.States[2].InFlight = 1;

        var explanation = new ProviderRouter(registry).Explain(NewTask());

        Assert.Equal("a", explanation.Decision.Provider);
        Assert.Equal(explanation.Decision.Score, explanation.Candidates[0].Score);
        Assert.Equal(explanation.Candidates[0].Score, explanation.Candidates[0].Parts!.Value.Total);
        Assert.Equal(RejectionReason.Saturated, explanation.Candidates[2].Rejection);
        Assert.NotEqual(0, registry.Estimates.Changes);
    }

    [Fact]
    public async Task A_rejection_has_a_reason_for_every_candidate_however_quickly_their_states_change()
    {
        var rig = new RouterRig([Provider("a"), Provider("b")]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var changing = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    foreach (var until in new[] { DateTimeOffset.MaxValue.UtcTicks, 0 })
                    {
                        Volatile.Write(ref rig.Registry.States[0].LimitedUntil, until);
                        Volatile.Write(ref rig.Registry.States[1].LimitedUntil, until);
                    }
                }
            },
            TestContext.Current.CancellationToken);

        // Until both were seen often enough: the other thread may start late.
        var (unexplained, rejections, choices) = (0, 0, 0);
        for (var i = 0; i < 5_000_000 && (rejections < 3_000 || choices < 3_000); i++)
        {
            if (rig.Router.Route(NewTask()).Rejection is not { } rejection)
            {
                choices++;
                continue;
            }

            rejections++;
            unexplained += rejection.Candidates.Any(candidate => candidate.Rejection == RejectionReason.None) ? 1 : 0;
        }

        await stop.CancelAsync();
        await changing;

        Assert.Equal(0, unexplained);
    }

    [Fact]
    public void An_explanation_is_what_the_next_decision_comes_to_also_by_chance_and_with_a_shadow()
    {
        var rig = new RouterRig([Provider("a"), Provider("b", 0.01m), Provider("c", 0.02m)], options =>
        {
            options.Learning.FloorShare = 0.4;
            options.Experiments.Add(new() { Name = "ab", Shadow = true, Arms = [new() { Name = "x", Share = 1, Then = new() { Provider = "c" } }] });
        });

        for (var i = 0; i < 200; i++)
        {
            var explained = rig.Router.Explain(NewTask()).Decision;
            var decision = rig.Router.Route(NewTask());

            Assert.NotEqual(decision.Id, explained.Id);
            Assert.Equal(decision, explained with { Id = decision.Id });
        }
    }
}
