using Orchestrator.Providers;
using Orchestrator.Routing.Health;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Health;

public sealed class ProviderHealthChecksTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogger<ProviderHealthChecks> _logger = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unhealthy_provider_is_not_chosen_until_a_check_says_otherwise()
    {
        var status = HealthStatus.Unhealthy;
        var (registry, checks) = Make(new StubProvider(Provider("codex")) { Health = _ => Answer(status) });
        var router = new ProviderRouter(registry, _clock);

        var check = Assert.Single(await checks.CheckAsync(Cancel));

        Assert.Equal(("codex", HealthStatus.Unhealthy), (check.Provider, check.Health.Status));
        var rejected = Assert.Single(router.Route(NewTask()).Rejection!.Candidates);
        Assert.Equal((RejectionReason.Unhealthy, _clock.GetUtcNow() + TimeSpan.FromMinutes(5)), (rejected.Rejection, rejected.Until));
        status = HealthStatus.Healthy;
        await checks.CheckAsync(Cancel);
        Assert.Equal("codex", router.Route(NewTask()).Provider);
    }

    [Fact]
    public async Task An_unhealthy_verdict_is_not_believed_for_ever()
    {
        var (registry, checks) = Make(new StubProvider(Provider("codex")) { Health = _ => Answer(HealthStatus.Unhealthy) });
        await checks.CheckAsync(Cancel);

        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("codex", new ProviderRouter(registry, _clock).Route(NewTask()).Provider);
    }

    [Fact]
    public async Task A_check_that_hangs_and_ignores_its_token_is_unhealthy_and_holds_up_nobody()
    {
        var never = new TaskCompletionSource<ProviderHealth>();
        var (_, checks) = Make(
            new StubProvider(Provider("hangs")) { Health = _ => new ValueTask<ProviderHealth>(never.Task) },
            new StubProvider(Provider("works")));

        var running = checks.CheckAsync(Cancel).AsTask();
        await _clock.WaitForTimerAsync(1, Cancel);
        _clock.Advance(TimeSpan.FromSeconds(15));
        var results = await running.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(["hangs", "works"], results.Select(result => result.Provider));
        Assert.Equal("The health check was not done within 15 s.", results[0].Health.Message);
    }

    [Fact]
    public async Task A_check_that_throws_is_unhealthy_and_its_words_stay_in_the_log()
    {
        var (_, checks) = Make(
            new StubProvider(Provider("breaks")) { Health = _ => throw new InvalidOperationException("token=abc") },
            new StubProvider(Provider("faults")) { Health = _ => throw new OrchestratorException("provider.missing", "The program is not installed.") });

        var results = await checks.CheckAsync(Cancel);

        Assert.All(results, result => Assert.Equal(HealthStatus.Unhealthy, result.Health.Status));
        Assert.Equal("The health check broke (InvalidOperationException); see the log.", results[0].Health.Message);
        Assert.Equal("The program is not installed.", results[1].Health.Message);
        Assert.Contains(_logger.Entries, entry => entry.Exception is InvalidOperationException);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_a_cancellation()
    {
        var never = new TaskCompletionSource<ProviderHealth>();
        var (_, checks) = Make(new StubProvider(Provider("hangs")) { Health = _ => new ValueTask<ProviderHealth>(never.Task) });
        using var cancellation = new CancellationTokenSource();

        var running = checks.CheckAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static ValueTask<ProviderHealth> Answer(HealthStatus status) => ValueTask.FromResult(new ProviderHealth { Status = status, Message = "as told" });

    private (ProviderRegistry Registry, ProviderHealthChecks Checks) Make(params IAgentProvider[] providers)
    {
        var registry = new ProviderRegistry(providers);
        return (registry, new ProviderHealthChecks(registry, _clock, _logger));
    }
}
