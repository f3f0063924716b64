using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Containers;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.History;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Scaling;
using Orchestrator.Containers.State;
using Orchestrator.Queue;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the container balancer.</summary>
public static class ContainerBalancerServiceCollectionExtensions
{
    private static readonly string DefaultOwner = new ContainerBalancerOptions().Owner;

    /// <summary>
    /// Registers the balancer: <see cref="IContainerBalancer"/>, and the hosted service that keeps its pools. Without another engine, instances are child processes of this machine.
    /// Calling it again only adds configuration; services that are registered already win.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Configures the pools; <see langword="null"/> when something else does.</param>
    /// <returns>A builder that adds pools, demand and policies.</returns>
    public static IContainerBalancerBuilder AddContainerBalancer(this IServiceCollection services, Action<ContainerBalancerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ContainerBalancerOptions>, ContainerBalancerOptionsValidator>());
        var options = services.AddOptions<ContainerBalancerOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton<IContainerHistory, InMemoryContainerHistory>();
        services.TryAddSingleton<IContainerPoolState, InMemoryContainerPoolState>();
        services.TryAddSingleton(static provider => new ContainerMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider => new HistoryWriter(
            provider.GetRequiredService<IContainerHistory>(), provider.GetRequiredService<TimeProvider>(), Logger(provider)));
        services.TryAddSingleton(static provider => new ProbeRunner(provider.GetRequiredService<IContainerEngine>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<PoolSet>(CreatePools);
        services.TryAddSingleton<IContainerBalancer>(static provider => new ContainerBalancer(
            provider.GetRequiredService<PoolSet>().Pools, provider.GetRequiredService<ContainerMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ContainerBalancerService>(CreateService));
        if (!services.Any(service => service.ServiceType == typeof(IContainerEngine)))
        {
            services.AddProcessEngine();
        }

        return new ContainerBalancerBuilder(Options.Options.DefaultName, services);
    }

    private static PoolSet CreatePools(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ContainerBalancerOptions>>().Value;
        var seed = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var around = new PoolSurroundings
        {
            Engine = provider.GetRequiredService<IContainerEngine>(),
            Probes = provider.GetRequiredService<ProbeRunner>(),
            Demands = [.. provider.GetServices<IPoolDemand>()],
            ReconcileInterval = options.ReconcileInterval,
        };
        var slots = new StartSlots(options.StartConcurrency);
        return new PoolSet([.. options.Pools.OrderBy(pool => pool.Key, StringComparer.Ordinal).Select((pool, index) =>
            new PoolReconciler(CreateParts(provider, pool.Key, pool.Value, slots, seed + (ulong)index), around))]);
    }

    private static PoolParts CreateParts(IServiceProvider provider, string name, ContainerPoolOptions pool, StartSlots slots, ulong seed)
    {
        var options = provider.GetRequiredService<IOptions<ContainerBalancerOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        return new PoolParts
        {
            Name = name,
            Owner = options.Owner,
            WorkerName = WorkerName(provider),
            Options = pool,
            Leases = new PoolLeases(name, pool, provider.GetServices<IInstanceSelectionPolicy>(), time, seed, Logger(provider)),
            Sizing = new PoolSizing(pool),
            Slots = slots,
            History = provider.GetRequiredService<HistoryWriter>(),
            Metrics = provider.GetRequiredService<ContainerMetrics>(),
            Random = new Random((int)(seed ^ (seed >> 32))),
            Time = time,
            Logger = Logger(provider),
            ListInterval = options.ListInterval,
        };
    }

    private static ContainerBalancerService CreateService(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ContainerBalancerOptions>>().Value;
        return new ContainerBalancerService(
            provider.GetRequiredService<PoolSet>().Pools,
            options,
            provider.GetRequiredService<HistoryWriter>(),
            new PoolSweeper(
                provider.GetRequiredService<IContainerEngine>(),
                options.Owner,
                options.Pools.Keys.ToHashSet(StringComparer.Ordinal),
                provider.GetRequiredService<TimeProvider>(),
                Logger(provider)),
            new PoolStateExchange(
                provider.GetRequiredService<PoolSet>().Pools,
                options.Owner == DefaultOwner ? WorkerName(provider) : $"{WorkerName(provider)}/{options.Owner}",
                provider.GetRequiredService<IContainerBalancer>(),
                provider.GetRequiredService<IContainerPoolState>(),
                provider.GetRequiredService<TimeProvider>(),
                Logger(provider)),
            provider.GetRequiredService<ContainerMetrics>(),
            Logger(provider));
    }

    private static string WorkerName(IServiceProvider provider) => provider.GetService<WorkerIdentity>()?.WorkerName ?? Environment.MachineName;

    private static ILogger Logger(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger("Orchestrator.Containers") ?? NullLogger.Instance;

    private sealed record ContainerBalancerBuilder(string Name, IServiceCollection Services) : IContainerBalancerBuilder;
}
