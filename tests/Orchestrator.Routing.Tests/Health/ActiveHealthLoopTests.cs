using Orchestrator.Providers;
using Orchestrator.Routing.Health;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Health;

public sealed class ActiveHealthLoopTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Providers_are_checked_on_the_interval_and_a_verdict_does_not_lapse_between_two_rounds()
    {
        var clock = new ManualTimeProvider();
        var stub = new StubProvider(Provider("codex")) { Health = _ => ValueTask.FromResult(new ProviderHealth { Status = HealthStatus.Unhealthy, Message = "no" }) };
        var registry = new ProviderRegistry([stub], new ProviderRoutingOptions { Seed = 42, ActiveHealth = { Interval = TimeSpan.FromHours(1) } });
        using var loop = new ActiveHealthLoop(registry, new ProviderHealthChecks(registry, clock), clock, new RecordingLogger<ActiveHealthLoop>());
        await loop.StartAsync(Cancel);
        await clock.WaitForTimerAsync(1, Cancel);

        clock.Advance(TimeSpan.FromHours(1.1));
        while (registry.Health.CheckOf(0) is null)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await loop.StopAsync(Cancel);
        Assert.Equal(1, registry.Health.CheckOf(0)!.FailuresInRow);
        Assert.InRange(registry.Health.CheckOf(0)!.At - ManualTimeProvider.DefaultStart, TimeSpan.FromMinutes(54), TimeSpan.FromMinutes(66));
        Assert.Equal(registry.Health.CheckOf(0)!.At + TimeSpan.FromHours(2), new DateTimeOffset(registry.States[0].UnhealthyUntil, TimeSpan.Zero));
    }

    [Fact]
    public async Task Without_an_interval_nothing_is_checked()
    {
        var (clock, registry) = (new ManualTimeProvider(), new ProviderRegistry([new StubProvider(Provider("codex"))]));
        using var loop = new ActiveHealthLoop(registry, new ProviderHealthChecks(registry, clock), clock, new RecordingLogger<ActiveHealthLoop>());
        await loop.StartAsync(Cancel);
        await clock.WaitForTimerAsync(1, Cancel);
        clock.Advance(TimeSpan.FromMinutes(1));
        await clock.WaitForTimerAsync(1, Cancel);

        await loop.StopAsync(Cancel);

        Assert.Null(registry.Health.CheckOf(0));
    }

    [Fact]
    public void Rounds_are_up_to_a_tenth_apart_from_the_interval_and_not_all_alike()
    {
        var waits = Enumerable.Range(0, 1000).Select(round => ActiveHealthLoop.Jittered(TimeSpan.FromSeconds(100), 42, round)).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(110)));
        Assert.True(waits.Max() - waits.Min() > TimeSpan.FromSeconds(15));
    }
}
