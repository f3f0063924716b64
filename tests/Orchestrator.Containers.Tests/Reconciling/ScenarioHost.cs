using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>A host with one pool on an engine, as a program has it.</summary>
internal sealed class ScenarioHost : IAsyncDisposable
{
    public const string Pool = "agents";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly ScenarioEngine _engine;
    private readonly bool _ownsEngine;
    private readonly IHost _host;

    public ScenarioHost(ScenarioEngine engine, Action<ContainerPoolOptions> configure, bool stopsWithHost = true, bool ownsEngine = true)
    {
        (_engine, _ownsEngine) = (engine, ownsEngine && stopsWithHost);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(engine.Engine); // An instance is not disposed with the host.
        builder.Services.AddContainerBalancer(options => (options.Owner, options.StopWithHost, options.ReconcileInterval, options.ListInterval, options.StartConcurrency) =
            (engine.Owner, stopsWithHost, TimeSpan.FromMilliseconds(200), engine.ListInterval, 4))
            .AddPool(Pool, pool =>
            {
                pool.Image = "none";
                pool.SlowStart = TimeSpan.Zero;
                pool.StopGrace = TimeSpan.FromSeconds(2);
                pool.Restart.Delay = TimeSpan.FromMilliseconds(50);
                pool.Restart.Budget = 1_000;
                pool.Restart.MaxDelay = TimeSpan.FromMilliseconds(200);
                engine.Configure(pool);
                configure(pool);
            });
        _host = builder.Build();
    }

    public IContainerEngine Engine => _engine.Engine;

    public IContainerBalancer Balancer => _host.Services.GetRequiredService<IContainerBalancer>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task PauseAsync() => Task.Delay(Poll, TimeProvider.System, Cancel);

    public Task StartAsync() => _host.StartAsync(Cancel);

    /// <summary>Looks again and again until what is seen fits.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static async Task<T> UntilAsync<T>(Func<ValueTask<T>> look, Func<T, bool> fits, Func<T, string> tell)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (fits(seen))
            {
                return seen;
            }

            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"It was not reached: {tell(seen)}");
            }

            await PauseAsync();
        }
    }

    public Task<PoolStatus> UntilAsync(Func<PoolStatus, bool> isReached) =>
        UntilAsync(() => ValueTask.FromResult(Balancer.GetStatus(Pool)!), isReached, static status => $"{status} {string.Join("; ", status.Instances)}");

    public async Task<IReadOnlyList<InstanceStatus>> UntilReadyAsync(int count) =>
        (await UntilAsync(status => status.Instances.Count(instance => instance.State is InstanceState.Ready or InstanceState.Busy) == count)).Instances;

    public async Task<ContainerLease> AcquireAsync() =>
        (await Balancer.AcquireAsync(new ContainerRequest { Pool = Pool }, Cancel)).Lease ?? throw new InvalidOperationException("There is no lease.");

    public Task<IReadOnlyList<ContainerStatus>> ListAsync() => _engine.ListAsync();

    /// <summary>Until the engine has so many instances, each runs, and each is one of the pool's.</summary>
    public Task UntilListedAsync(int count) => UntilAsync(
        async () => await ListAsync(),
        listed =>
        {
            var own = Balancer.GetStatus(Pool)!.Instances.Select(instance => instance.EngineId).Order();
            var running = listed.Where(status => status.State == ContainerState.Running).Select(status => status.Id).Order();
            return listed.Count == count && own.SequenceEqual(running);
        },
        static listed => string.Join("; ", listed));

    /// <summary>Until the lease is lost.</summary>
    public static Task UntilLostAsync(ContainerLease lease) => UntilAsync(() => lease.RenewAsync(Cancel), static isHeld => !isHeld, static _ => "The lease goes on.");

    /// <summary>Runs a script in an instance, to its end.</summary>
    public async Task ExecuteAsync(string engineId, string script)
    {
        await foreach (var _ in Engine.ExecuteAsync(engineId, new ContainerCommand { Command = EngineSandbox.Shell(script) }, Cancel))
        {
            // Only its end matters.
        }
    }

    /// <summary>What the history tells of an instance, the oldest first, once it tells of a change that fits.</summary>
    public Task<List<ContainerTransition>> UntilToldAsync(string instance, Func<ContainerTransition, bool> isLast)
    {
        var history = _host.Services.GetRequiredService<IContainerHistory>();
        return UntilAsync(
            async () => (await history.ListTransitionsAsync(Pool, instance, 1_000, Cancel)).Reverse().ToList(),
            told => told.Exists(one => isLast(one)),
            static told => string.Join(Environment.NewLine, told));
    }

    /// <summary>A check of an instance that failed, once there is one of the kind.</summary>
    public async Task<ContainerHealthCheck> UntilCheckedAsync(string instance, ContainerCheckKind kind)
    {
        var history = _host.Services.GetRequiredService<IContainerHistory>();
        bool IsIt(ContainerHealthCheck check) => !check.Passed && check.Kind == kind;
        return (await UntilAsync(() => history.ListHealthChecksAsync(Pool, instance, 1_000, Cancel), found => found.Any(IsIt), static found => string.Join(Environment.NewLine, found))).First(IsIt);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }
        finally
        {
            if (_ownsEngine)
            {
                await _engine.DisposeAsync();
            }
        }
    }
}
