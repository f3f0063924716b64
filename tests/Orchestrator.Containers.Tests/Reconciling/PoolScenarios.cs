using Orchestrator.Containers.Reconciling;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>What a pool does on any engine, with real time: derived once for each engine.</summary>
public abstract class PoolScenarios
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An engine, and how a pool on it is configured so that its instances answer for as long as they run.</summary>
    protected abstract ScenarioEngine Open();

    [Fact]
    public async Task Instances_that_are_killed_removed_and_frozen_come_back()
    {
        await using var host = new ScenarioHost(Open(), pool => pool.MinInstances = 3);
        await host.StartAsync();
        var victims = await host.UntilReadyAsync(3);

        await host.Engine.StopAsync(victims[0].EngineId!, TimeSpan.Zero, Cancel);
        await host.Engine.RemoveAsync(victims[1].EngineId!, Cancel);
        await host.Engine.PauseAsync(victims[2].EngineId!, Cancel);

        await host.UntilAsync(status => status.Instances[0].Restarts == 1 && status.Instances[1].Restarts == 1);
        await host.UntilToldAsync(victims[2].Name, one => one.To == InstanceState.Unhealthy);
        await host.UntilReadyAsync(3);
        await host.UntilAsync(status => status.Problem is null);
        await host.UntilListedAsync(3);
    }

    [Fact]
    public async Task A_lease_on_a_killed_instance_is_lost_and_the_next_is_on_one_that_lives()
    {
        await using var host = new ScenarioHost(Open(), pool => pool.MinInstances = 2);
        await host.StartAsync();
        await host.UntilReadyAsync(2);
        var lease = await host.AcquireAsync();

        await host.Engine.StopAsync(lease.EngineId, TimeSpan.Zero, Cancel);
        await ScenarioHost.UntilLostAsync(lease);

        var next = await host.AcquireAsync();
        Assert.Equal(ContainerState.Running, (await host.Engine.InspectAsync(next.EngineId, Cancel))!.State);
    }

    [Fact]
    public async Task An_orchestrator_that_comes_back_keeps_what_runs()
    {
        var engine = Open();
        string?[] before;
        await using (var first = new ScenarioHost(engine, pool => pool.MinInstances = 2, stopsWithHost: false))
        {
            await first.StartAsync();
            before = [.. (await first.UntilReadyAsync(2)).Select(instance => instance.EngineId).Order()];
        }

        await using var second = new ScenarioHost(engine, pool => (pool.MinInstances, pool.HardLimit) = (2, 2));
        await second.StartAsync();

        var after = await second.UntilReadyAsync(2);
        Assert.Equal(before, after.Select(instance => instance.EngineId).Order());
    }

    [Fact]
    public async Task An_orchestrator_that_stops_before_it_knows_what_runs_leaves_nothing()
    {
        await using var engine = Open();
        await using (var first = new ScenarioHost(engine, pool => pool.MinInstances = 2, stopsWithHost: false))
        {
            await first.StartAsync();
            await first.UntilReadyAsync(2);
        }

        await using (var second = new ScenarioHost(engine, pool => pool.MinInstances = 2, ownsEngine: false))
        {
            await second.StartAsync();
        }

        Assert.Empty(await engine.ListAsync());
    }

    [Fact]
    public async Task Instances_of_an_older_revision_are_replaced()
    {
        var engine = Open();
        string?[] before;
        await using (var first = new ScenarioHost(engine, pool => pool.MinInstances = 2, stopsWithHost: false))
        {
            await first.StartAsync();
            before = [.. (await first.UntilReadyAsync(2)).Select(instance => instance.EngineId)];
        }

        await using var second = new ScenarioHost(engine, pool => (pool.MinInstances, pool.Environment["REVISION"]) = (2, "2"));
        await second.StartAsync();

        await second.UntilAsync(status => status is { Problem: null, Instances.Count: 2 }
            && status.Instances.All(instance => instance.State == InstanceState.Ready && !before.Contains(instance.EngineId)));
        await second.UntilListedAsync(2);
        Assert.Single((await second.ListAsync()).Select(status => status.Labels[ContainerLabels.Revision]).ToHashSet());
    }

    [Fact]
    public async Task Callers_are_served_evenly_while_instances_are_killed_and_none_waits_for_ever()
    {
        const int Callers = 64;
        const int Leases = 10_000;
        const int Instances = 8;
        await using var host = new ScenarioHost(Open(), pool => (pool.MinInstances, pool.MaxInstances, pool.HardLimit) = (Instances, Instances, 16));
        await host.StartAsync();
        await host.UntilReadyAsync(Instances);
        var load = new ScenarioLoad(host, Callers, Leases, Instances);

        await load.RunAsync(SeededRandom.Create(5));

        Assert.True(load.Outcomes.Count >= Leases);
        Assert.All(load.Outcomes, outcome => Assert.Equal(AcquisitionStatus.Acquired, outcome));
        Assert.Empty(load.DeadLeases);
        var even = load.Served.Values.Sum() / (double)Instances;
        Assert.Equal(Instances, load.Served.Count);
        Assert.All(load.Served, served => Assert.InRange(served.Value, 0.8 * even, 1.2 * even));
        await host.UntilReadyAsync(Instances);
        await host.UntilListedAsync(Instances);
    }

    [Fact]
    public async Task Nothing_is_left_behind_when_instances_end_with_the_host()
    {
        var engine = Open();
        var host = new ScenarioHost(engine, pool => (pool.MinInstances, pool.WarmInstances) = (2, 1), ownsEngine: false);
        await host.StartAsync();
        await host.UntilReadyAsync(2);

        await host.DisposeAsync();

        Assert.Empty(await host.ListAsync());
        await engine.DisposeAsync();
    }
}
