using Orchestrator.Providers;
using Orchestrator.Routing.Tests.Admission;

namespace Orchestrator.Routing.Tests.Status;

public sealed class ProviderStatusesTests
{
    [Fact]
    public void A_status_shows_what_runs_what_is_left_and_how_attempts_ended()
    {
        var rig = new AdmissionRig(
            options =>
            {
                options.Budgets.Add(new RoutingBudget { Name = "all", MaxUsd = 10 });
                options.Budgets.Add(new RoutingBudget { Name = "own", Scope = BudgetScope.Provider, Window = BudgetWindow.Total, MaxTokens = 500 });
                options.Budgets.Add(new RoutingBudget { Name = "tenant", Scope = BudgetScope.Tenant, MaxUsd = 5 });
                options.Providers["claude"] = new ProviderSettings { Enabled = false };
            },
            new ProviderLimits { Concurrent = 4, RequestsPerDay = 9, RequestsPerMinute = 1 });
        rig.Admit(usd: 3, tokens: 100);
        var router = new ProviderRouter(rig.Registry, rig.Clock);
        foreach (FailureClass? failure in new FailureClass?[] { null, FailureClass.Crashed, FailureClass.RateLimited, FailureClass.Cancelled })
        {
            router.Report(new ExecutionOutcome(Guid.Empty, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Ended, failure));
        }

        var codex = rig.Statuses.Get("CODEX");

        Assert.Equal(("codex", true, false, HealthStatus.Unknown), (codex.Provider, codex.IsEnabled, codex.IsDraining, codex.Health));
        Assert.Equal((1, 4, 1, 9), (codex.InFlight, codex.MaxConcurrent, codex.RequestsToday, codex.MaxRequestsPerDay));
        Assert.Equal((1, 1, 1, 1), (codex.Succeeded, codex.Failed, codex.Limited, codex.Neutral));
        Assert.Equal((BreakerState.Closed, 1, 2, 1), (codex.Breaker, codex.FailuresInRow, codex.RecentAttempts, codex.RecentFailures));
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), codex.RateLimitedUntil);
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), codex.NextAttemptFrom);
        Assert.Equal(
            [
                new BudgetStatus("all", BudgetScope.All, 7, 10, null, null, rig.Clock.GetUtcNow() + TimeSpan.FromDays(1)),
                new BudgetStatus("own", BudgetScope.Provider, null, null, 400, 500, null),
            ],
            codex.Budgets);
        Assert.Equal(4, codex.SuccessRates.Count);
        Assert.All(codex.SuccessRates, rate => Assert.InRange(rate.Rate, 0.01, 0.99));
        Assert.Equal(["claude", "codex"], rig.Statuses.List().Select(status => status.Provider));
        Assert.False(rig.Statuses.Get("claude").IsEnabled);
    }

    [Fact]
    public void A_breaker_is_seen_open_half_open_and_closed()
    {
        var rig = new AdmissionRig(_ => { });
        var router = new ProviderRouter(rig.Registry, rig.Clock);
        router.Report(new ExecutionOutcome(Guid.Empty, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Authentication));
        Assert.Equal((BreakerState.Open, rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(15)), (rig.Statuses.Get("codex").Breaker, rig.Statuses.Get("codex").BreakerOpenUntil));

        rig.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal((BreakerState.HalfOpen, null), (rig.Statuses.Get("codex").Breaker, rig.Statuses.Get("codex").BreakerOpenUntil));

        router.Report(new ExecutionOutcome(Guid.Empty, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Ended));
        Assert.Equal(BreakerState.Closed, rig.Statuses.Get("codex").Breaker);
    }

    [Fact]
    public void Draining_and_resuming_say_whether_they_changed_anything()
    {
        var rig = new AdmissionRig(options => options.Providers["claude"] = new ProviderSettings { Draining = true });

        Assert.True(rig.Statuses.Drain("codex"));
        Assert.False(rig.Statuses.Drain("codex"));
        Assert.True(rig.Statuses.Get("codex").IsDraining);
        Assert.True(rig.Statuses.Resume("codex"));
        Assert.False(rig.Statuses.Resume("codex"));
        Assert.False(rig.Statuses.Get("codex").IsDraining);
        Assert.False(rig.Statuses.Resume("claude"));
        Assert.True(rig.Statuses.Get("claude").IsDraining);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        var rig = new AdmissionRig(_ => { });

        foreach (var call in new Action[] { () => rig.Statuses.Get("codecs"), () => rig.Statuses.Drain("codecs"), () => rig.Statuses.Resume("codecs") })
        {
            Assert.Contains("Known providers: claude, codex.", Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
        }
    }
}
