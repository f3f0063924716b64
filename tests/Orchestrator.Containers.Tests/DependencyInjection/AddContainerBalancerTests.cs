using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.History;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Scaling;
using Orchestrator.Containers.State;
using Orchestrator.Containers.Tests.Reconciling;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.DependencyInjection;

public sealed class AddContainerBalancerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Adding_it_twice_is_adding_it_once()
    {
        var services = new ServiceCollection();

        services.AddContainerBalancer(options => options.Owner = "a").AddPool("one", static pool => pool.Image = "x");
        var count = services.Count(service => service.ServiceType == typeof(IHostedService) || service.ServiceType == typeof(IContainerEngine));
        services.AddContainerBalancer(options => options.Owner = "b").AddPool("one", static pool => pool.MaxInstances = 3);

        await using var provider = services.BuildServiceProvider();
        Assert.Equal(count, services.Count(service => service.ServiceType == typeof(IHostedService) || service.ServiceType == typeof(IContainerEngine)));
        Assert.Equal("one", provider.GetRequiredService<IContainerBalancer>().GetStatus("ONE")!.Pool);
    }

    [Fact]
    public void An_engine_that_is_there_already_is_used()
    {
        var engine = new ScriptedEngine(TimeProvider.System);
        var services = new ServiceCollection();

        services.AddSingleton<IContainerEngine>(engine);
        services.AddContainerBalancer();

        using var provider = services.BuildServiceProvider();
        Assert.Same(engine, provider.GetRequiredService<IContainerEngine>());
        Assert.IsType<InMemoryContainerHistory>(provider.GetRequiredService<IContainerHistory>());
    }

    [Fact]
    public async Task A_pool_without_an_image_stops_the_host_from_starting()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddContainerBalancer().AddPool("agents", static _ => { });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.Contains("Image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wishes_about_what_is_not_there_are_refused()
    {
        using var provider = Provider(new ScriptedEngine(TimeProvider.System));
        var balancer = provider.GetRequiredService<IContainerBalancer>();

        var unknown = await balancer.AcquireAsync(new ContainerRequest { Pool = "other" }, Cancel);

        Assert.Equal(AcquisitionStatus.UnknownPool, unknown.Status);
        Assert.Null(balancer.GetStatus("other"));
        await Assert.ThrowsAsync<ArgumentException>(() => balancer.ScaleAsync("other", 1, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => balancer.ScaleAsync("agents", 9, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => balancer.RestartAsync("agents-1", Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => balancer.DrainAsync("agents-1", Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => balancer.SetWeightAsync("agents-1", 2, Cancel).AsTask());
        Assert.Throws<ArgumentException>(() => balancer.GetTaskCost(""));
        Assert.Equal(0, balancer.GetTaskCost("unknown"));
    }

    [Fact]
    public async Task A_task_costs_what_its_leases_have_cost_in_all_pools()
    {
        var time = new ManualTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time).AddSingleton<IContainerEngine>(new ScriptedEngine(time));
        services.AddContainerBalancer()
            .AddPool("cheap", static pool => (pool.Image, pool.CostPerHourUsd) = ("x", 3.60m))
            .AddPool("dear", static pool => (pool.Image, pool.CostPerHourUsd) = ("x", 36m));
        await using var provider = services.BuildServiceProvider();
        foreach (var pool in provider.GetRequiredService<PoolSet>().Pools)
        {
            pool.Parts.Leases.Publish([new PoolInstance(pool.Name + "-1", 1, 1)], panic: false);
        }

        var balancer = provider.GetRequiredService<IContainerBalancer>();
        foreach (var pool in (string[])["cheap", "dear"])
        {
            await using var lease = (await balancer.AcquireAsync(new ContainerRequest { Pool = pool, TaskId = "t" }, Cancel)).Lease!;
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(pool == "cheap" ? 0 : 0.01m, balancer.GetTaskCost("t")); // of leases that have ended
        }

        Assert.Equal(0.11m, balancer.GetTaskCost("t"));
    }

    [Fact]
    public async Task Cost_and_weights_outlive_the_host()
    {
        var engine = new ScriptedEngine(TimeProvider.System);
        var state = new InMemoryContainerPoolState();
        await using var first = Provider(engine, state);
        var balancer = await StartAsync(first);
        var name = (await balancer.AcquireAsync(new ContainerRequest { Pool = "agents" }, Cancel)).Lease!.Instance;
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => balancer.SetWeightAsync(name, 0, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => balancer.SetWeightAsync(name, 1_000.1, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => balancer.SetWeightAsync(name, double.NaN, Cancel).AsTask());
        await balancer.SetWeightAsync(name, 1_000, Cancel);
        Assert.Equal(1_000, Assert.Single(balancer.GetStatus("agents")!.Instances).Weight);
        await first.GetServices<IHostedService>().Single().StopAsync(Cancel);
        var spent = PoolAccount.Parse((await state.ListAsync("agents", Cancel)).Single(entry => entry.Key == PoolStateEntry.AccountKey).Value!)!.CostUsd;
        Assert.True(spent > 0);

        await using var second = Provider(engine, state);
        balancer = await StartAsync(second);
        await ScenarioHost.UntilAsync(() => ValueTask.FromResult(balancer.GetStatus("agents")), static status => status is { Instances: [{ Weight: 1_000 }] }, static status => $"{status}");

        Assert.InRange(balancer.GetStatus("agents")!.CostUsd, spent, decimal.MaxValue);
        await ScenarioHost.UntilAsync(() => state.ListAsync("agents", Cancel), static kept => kept.Any(entry => entry is { Key: PoolStateEntry.StatusKey, Value: not null }), static kept => string.Join("; ", kept));
        await second.GetServices<IHostedService>().Single().StopAsync(Cancel);
        Assert.Null((await state.ListAsync("agents", Cancel)).Single(entry => entry.Key == PoolStateEntry.StatusKey).Value);
        Assert.NotNull((await state.ListAsync("agents", Cancel)).Single(entry => entry.Key == PoolStateEntry.AccountKey).Value);

        static async Task<IContainerBalancer> StartAsync(ServiceProvider provider)
        {
            await provider.GetServices<IHostedService>().Single().StartAsync(Cancel);
            return provider.GetRequiredService<IContainerBalancer>();
        }

        static ServiceProvider Provider(ScriptedEngine engine, IContainerPoolState state)
        {
            var services = new ServiceCollection();
            services.AddSingleton<IContainerEngine>(engine).AddSingleton(state);
            services.AddContainerBalancer().AddPool("agents", static pool => (pool.Image, pool.HardLimit, pool.CostPerHourUsd) = ("x", 2, 3_600));
            return services.BuildServiceProvider();
        }
    }

    [Fact]
    public async Task Meters_tell_of_instances_leases_and_acquisitions()
    {
        var engine = new ScriptedEngine(TimeProvider.System);
        await using var provider = Provider(engine);
        using var listener = new MeterListener { InstrumentPublished = static (instrument, self) => Listen(instrument, self) };
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, double>();
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        var hosted = provider.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(Cancel);
        }

        var acquisition = await provider.GetRequiredService<IContainerBalancer>().AcquireAsync(new ContainerRequest { Pool = "agents" }, Cancel);
        listener.RecordObservableInstruments();

        Assert.Equal(AcquisitionStatus.Acquired, acquisition.Status);
        Assert.Equal(1, seen[ContainerDiagnostics.Leases]);
        Assert.Equal(1, seen[ContainerDiagnostics.Instances]);
        Assert.Equal(1, seen[ContainerDiagnostics.Acquisitions]);
        Assert.True(seen.ContainsKey(ContainerDiagnostics.StartTime));
        foreach (var service in hosted)
        {
            await service.StopAsync(Cancel);
        }
    }

    [Fact]
    public async Task Work_that_waits_elsewhere_makes_a_pool_grow()
    {
        var engine = new ScriptedEngine(TimeProvider.System);
        var started = UntilStartedAsync(engine, 3);
        var services = new ServiceCollection();
        services.AddSingleton<IContainerEngine>(engine);
        services.AddContainerBalancer(static options => options.ReconcileInterval = TimeSpan.FromMilliseconds(100))
            .AddPool("agents", static pool => (pool.Image, pool.MinInstances) = ("x", 0))
            .AddDemand<ThreeWait>();
        await using var provider = services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().Single();
        await hosted.StartAsync(Cancel);

        var lease = (await provider.GetRequiredService<IContainerBalancer>().AcquireAsync(new ContainerRequest { Pool = "agents" }, Cancel)).Lease;
        await started;

        Assert.NotNull(lease);
        Assert.True(provider.GetRequiredService<IContainerBalancer>().GetStatus("agents")!.Desired >= 3);
        await hosted.StopAsync(Cancel);
    }

    /// <summary>Until an engine has started so many instances; listens once it returns.</summary>
    private static async Task UntilStartedAsync(ScriptedEngine engine, int count)
    {
        await foreach (var told in engine.WatchAsync(ValueMap.Empty, null, Cancel))
        {
            count -= told.Kind == ContainerEventKind.Started ? 1 : 0;
            if (count == 0)
            {
                break;
            }
        }
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == ContainerDiagnostics.MeterName)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static ServiceProvider Provider(ScriptedEngine engine)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddSingleton<IContainerEngine>(engine);
        services.AddContainerBalancer().AddPool("agents", static pool => pool.Image = "x");
        return services.BuildServiceProvider();
    }

    private sealed class ThreeWait : IPoolDemand
    {
        public ValueTask<int> GetWaitingAsync(string pool, CancellationToken cancellationToken) => ValueTask.FromResult(3);
    }
}
