using Orchestrator.Providers;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Health;

public sealed class HealthBookTests
{
    [Fact]
    public void Half_of_many_attempts_failing_opens_the_breaker_though_never_three_failed_in_a_row()
    {
        var rig = new RouterRig([Provider("codex")]);
        for (var i = 0; i < 4; i++)
        {
            rig.Ended("codex", failure: null);
            rig.Ended("codex", FailureClass.Crashed);
        }

        rig.Ended("codex", failure: null);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);

        rig.Ended("codex", FailureClass.Crashed);

        Assert.Equal(RejectionReason.BreakerOpen, rig.Candidate("codex").Rejection);
    }

    [Fact]
    public void Too_few_attempts_say_nothing_about_the_share()
    {
        var rig = new RouterRig([Provider("codex")], options => options.Breaker.MinimumAttempts = 100);

        for (var i = 0; i < 45; i++)
        {
            rig.Ended("codex", failure: null);
            rig.Ended("codex", FailureClass.Crashed);
        }

        Assert.Equal(RejectionReason.None, rig.Candidate("codex").Rejection);
    }

    [Fact]
    public void Failures_older_than_the_window_do_not_count()
    {
        var rig = new RouterRig([Provider("codex")]);
        for (var i = 0; i < 4; i++)
        {
            rig.Ended("codex", failure: null);
            rig.Ended("codex", FailureClass.Crashed);
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 4; i++)
        {
            rig.Ended("codex", failure: null);
            rig.Ended("codex", FailureClass.Crashed);
        }

        Assert.Equal(RejectionReason.None, rig.Candidate("codex").Rejection);
    }

    [Fact]
    public void What_opened_a_breaker_does_not_open_it_again_once_a_probe_closed_it()
    {
        var rig = new RouterRig([Provider("codex")]);
        for (var i = 0; i < 5; i++)
        {
            rig.Ended("codex", failure: null);
            rig.Ended("codex", FailureClass.Crashed);
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
        rig.Ended("codex", failure: null);

        rig.Ended("codex", FailureClass.Crashed);

        Assert.Equal(RejectionReason.None, rig.Candidate("codex").Rejection);
    }

    [Theory]
    [InlineData(FailureClass.Crashed, 3)]
    [InlineData(FailureClass.Authentication, 1)]
    public void A_wait_that_the_provider_asks_for_wins_over_a_shorter_back_off(FailureClass failure, int times)
    {
        var rig = new RouterRig([Provider("codex")]);

        for (var i = 0; i < times; i++)
        {
            rig.Ended("codex", failure, TimeSpan.FromHours(2));
        }

        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromHours(2), rig.Candidate("codex").Until);
    }

    [Fact]
    public void A_short_wait_does_not_shorten_the_break_after_a_refused_key()
    {
        var rig = new RouterRig([Provider("codex")]);

        rig.Ended("codex", FailureClass.Authentication, TimeSpan.FromSeconds(1));

        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(15), rig.Candidate("codex").Until);
    }

    [Fact]
    public void Outcomes_of_many_threads_are_all_counted()
    {
        var rig = new RouterRig([Provider("codex")], options => (options.Breaker.MinimumAttempts, options.Breaker.FailureThreshold) = (10_000, 1000));

        Parallel.For(0, 900, index => rig.Ended("codex", index % 3 == 0 ? FailureClass.Crashed : null));

        var (attempts, failures) = rig.Registry.Health.WindowOf(0).Sum(rig.Clock.GetUtcNow().UtcTicks, TimeSpan.FromMinutes(10).Ticks);
        Assert.Equal((900, 300), (attempts, failures));
        Assert.Equal((600, 300), (rig.Registry.Health.WindowOf(0).Succeeded, rig.Registry.Health.WindowOf(0).Failed));
    }

    [Fact]
    public async Task Health_checks_say_no_only_after_so_many_in_a_row()
    {
        var status = HealthStatus.Unhealthy;
        var stub = new StubProvider(Provider("codex")) { Health = _ => ValueTask.FromResult(new ProviderHealth { Status = status, Message = "as told" }) };
        var (clock, registry) = (new ManualTimeProvider(), new ProviderRegistry([stub], new ProviderRoutingOptions { ActiveHealth = { FailureThreshold = 2 } }));
        var (checks, router) = (new Orchestrator.Routing.Health.ProviderHealthChecks(registry, clock), new ProviderRouter(registry, clock));
        var cancel = TestContext.Current.CancellationToken;

        await checks.CheckAsync(cancel);
        status = HealthStatus.Healthy;
        await checks.CheckAsync(cancel);
        status = HealthStatus.Unhealthy;
        await checks.CheckAsync(cancel);
        Assert.False(router.Route(NewTask()).IsRejected);

        await checks.CheckAsync(cancel);
        Assert.True(router.Route(NewTask()).IsRejected);
    }

    [Fact]
    public async Task A_success_of_an_attempt_does_not_overrule_a_health_check()
    {
        var stub = new StubProvider(Provider("codex")) { Health = _ => ValueTask.FromResult(new ProviderHealth { Status = HealthStatus.Unhealthy, Message = "no key" }) };
        var (clock, registry) = (new ManualTimeProvider(), new ProviderRegistry([stub]));
        var router = new ProviderRouter(registry, clock);
        await new Orchestrator.Routing.Health.ProviderHealthChecks(registry, clock).CheckAsync(TestContext.Current.CancellationToken);

        router.Report(new ExecutionOutcome(Guid.Empty, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Ended));

        Assert.True(router.Route(NewTask()).IsRejected);
    }
}
