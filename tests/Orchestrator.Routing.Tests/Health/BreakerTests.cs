using Orchestrator.Providers;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Health;

public sealed class BreakerTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30 * 1.25);

    [Theory]
    [InlineData(FailureClass.ProviderError)]
    [InlineData(FailureClass.Unavailable)]
    [InlineData(FailureClass.StartupTimeout)]
    [InlineData(FailureClass.IdleTimeout)]
    [InlineData(FailureClass.Timeout)]
    [InlineData(FailureClass.Crashed)]
    [InlineData(FailureClass.Protocol)]
    public void Three_failures_in_a_row_open_the_breaker_for_a_while(FailureClass failure)
    {
        var rig = new RouterRig([Provider("codex")]);
        rig.Ended("codex", failure);
        rig.Ended("codex", failure);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);

        rig.Ended("codex", failure);

        var rejection = rig.Router.Route(NewTask()).Rejection!;
        Assert.Equal(RejectionReason.BreakerOpen, Assert.Single(rejection.Candidates).Rejection);
        Assert.InRange(rejection.EligibleAt!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromSeconds(30), Longest);
    }

    [Fact]
    public void A_success_between_failures_starts_the_count_anew()
    {
        var rig = new RouterRig([Provider("codex")]);
        rig.Ended("codex", FailureClass.Crashed);
        rig.Ended("codex", FailureClass.Crashed);
        rig.Ended("codex", failure: null);

        rig.Ended("codex", FailureClass.Crashed);
        rig.Ended("codex", FailureClass.Crashed);

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Theory]
    [InlineData(FailureClass.Cancelled)]
    [InlineData(FailureClass.NoChanges)]
    [InlineData(FailureClass.BadRequest)]
    [InlineData(FailureClass.ContextTooLong)]
    [InlineData(FailureClass.PatchRejected)]
    [InlineData(FailureClass.VerificationFailed)]
    [InlineData(FailureClass.Configuration)]
    public void Failures_that_say_nothing_about_the_provider_never_open_the_breaker(FailureClass failure)
    {
        var rig = new RouterRig([Provider("codex")]);

        for (var i = 0; i < 10; i++)
        {
            rig.Ended("codex", failure);
        }

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_refused_key_opens_the_breaker_at_once_and_for_longer()
    {
        var rig = new RouterRig([Provider("codex")]);

        rig.Ended("codex", FailureClass.Authentication);

        var candidate = rig.Candidate("codex");
        Assert.Equal(RejectionReason.BreakerOpen, candidate.Rejection);
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(15), candidate.Until);
    }

    [Fact]
    public void A_used_up_quota_rejects_at_once_until_it_comes_back()
    {
        var rig = new RouterRig([Provider("codex")]);

        rig.Ended("codex", FailureClass.Quota);

        Assert.Equal(RejectionReason.QuotaExhausted, rig.Candidate("codex").Rejection);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_rate_limit_waits_as_long_as_the_provider_asked_and_is_no_failure()
    {
        var rig = new RouterRig([Provider("codex")]);

        for (var i = 0; i < 5; i++)
        {
            rig.Ended("codex", FailureClass.RateLimited, TimeSpan.FromSeconds(7));
        }

        var candidate = rig.Candidate("codex");
        Assert.Equal(RejectionReason.RateLimited, candidate.Rejection);
        Assert.Equal("asked us to wait; until 2026-01-01 00:00:07Z", candidate.Detail);
        rig.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_wait_that_a_provider_asks_for_is_bounded()
    {
        var rig = new RouterRig([Provider("codex")]);

        rig.Ended("codex", FailureClass.RateLimited, TimeSpan.MaxValue);

        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromDays(7), rig.Candidate("codex").Until);
    }

    [Fact]
    public void A_half_open_breaker_lets_one_probe_in_and_closes_when_it_succeeds()
    {
        var rig = Open();
        rig.Clock.Advance(Longest);

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
        Assert.Equal(RejectionReason.HalfOpenBusy, Assert.Single(rig.Router.Route(NewTask()).Rejection!.Candidates).Rejection);

        rig.Ended("codex", failure: null);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void Of_many_callers_at_once_only_one_gets_the_probe()
    {
        var rig = Open();
        rig.Clock.Advance(Longest);

        var chosen = 0;
        Parallel.For(0, 200, _ => Interlocked.Add(ref chosen, rig.Router.Route(NewTask()).IsRejected ? 0 : 1));

        Assert.Equal(1, chosen);
    }

    [Fact]
    public void A_probe_that_fails_opens_the_breaker_for_twice_as_long()
    {
        var rig = Open();
        rig.Clock.Advance(Longest);
        rig.Router.Route(NewTask());

        rig.Ended("codex", FailureClass.Crashed);

        Assert.InRange(rig.Candidate("codex").Until!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(75));
    }

    [Fact]
    public void The_back_off_never_grows_beyond_its_limit()
    {
        var rig = Open();
        for (var i = 0; i < 50; i++)
        {
            rig.Clock.Advance(TimeSpan.FromHours(1));
            rig.Ended("codex", FailureClass.Crashed);
        }

        Assert.InRange(rig.Candidate("codex").Until!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6.25));
    }

    [Theory]
    [InlineData(FailureClass.Cancelled)]
    [InlineData(FailureClass.NoChanges)]
    public void A_probe_that_told_nothing_lets_the_next_one_in(FailureClass failure)
    {
        var rig = Open();
        rig.Clock.Advance(Longest);
        var probe = rig.Router.Route(NewTask());

        rig.Router.Report(new ExecutionOutcome(probe.Id, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Ended, failure));

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
        Assert.True(rig.Router.Route(NewTask()).IsRejected);
    }

    [Fact]
    public void A_probe_that_nothing_is_heard_of_keeps_others_out_only_for_a_while()
    {
        var rig = Open();
        rig.Clock.Advance(Longest);
        rig.Router.Route(NewTask());

        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_dry_run_takes_no_probe()
    {
        var rig = Open();
        rig.Clock.Advance(Longest);

        Assert.Equal("codex", rig.Router.Explain(NewTask()).Decision.Provider);
        Assert.Equal("codex", rig.Router.Explain(NewTask()).Decision.Provider);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_half_open_provider_is_no_fallback_because_only_a_decision_may_take_its_probe()
    {
        var rig = Open(Provider("codex", price: 1), Provider("claude"), Provider("gemini"));
        rig.Clock.Advance(Longest);

        var decision = rig.Router.Route(NewTask());

        Assert.Equal("claude", decision.Provider);
        Assert.Equal(["gemini"], decision.Fallbacks);
    }

    [Fact]
    public void The_jitter_of_two_seeds_differs_and_of_one_seed_does_not()
    {
        static DateTimeOffset? Until(ulong seed)
        {
            var rig = new RouterRig([Provider("codex")], options => (options.Seed, options.Breaker.FailureThreshold) = (seed, 1));
            rig.Ended("codex", FailureClass.Crashed);
            return rig.Candidate("codex").Until;
        }

        Assert.Equal(Until(1), Until(1));
        Assert.NotEqual(Until(1), Until(2));
    }

    [Fact]
    public void An_outcome_of_an_unknown_provider_is_ignored()
    {
        var rig = new RouterRig([Provider("codex")]);

        rig.Ended("nobody", FailureClass.Authentication);
        rig.Router.Report(default);

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void New_settings_take_effect_and_keep_what_is_known_of_health()
    {
        var rig = Open(Provider("codex"), Provider("claude", price: 1));

        rig.Registry.Update(new ProviderRoutingOptions { Providers = { ["claude"] = new() { Enabled = false } } });

        Assert.Equal(2, rig.Registry.Version);
        Assert.Equal(RejectionReason.BreakerOpen, rig.Candidate("codex").Rejection);
        Assert.Equal(RejectionReason.Disabled, rig.Candidate("claude").Rejection);
        Assert.Equal(2, rig.Router.Route(NewTask()).SnapshotVersion);
    }

    private static RouterRig Open(params ProviderDescriptor[] providers)
    {
        var rig = new RouterRig(providers.Length == 0 ? [Provider("codex")] : providers);
        for (var i = 0; i < 3; i++)
        {
            rig.Ended("codex", FailureClass.Unavailable);
        }

        return rig;
    }
}
