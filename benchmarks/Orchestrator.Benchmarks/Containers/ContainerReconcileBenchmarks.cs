using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.History;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Benchmarks.Containers;

/// <summary>A step of a pool with which nothing is wrong: it looks at every instance, and finds nothing to do.</summary>
[MemoryDiagnoser]
public class ContainerReconcileBenchmarks
{
    private const int Instances = 200;

    private static readonly TimeSpan Rarely = TimeSpan.FromHours(1);

    private readonly IdleEngine _engine = new();
    private PoolReconciler _pool = null!;
    private HistoryWriter _history = null!;
    private int _calls;

    /// <summary>Whether instances have a readiness and a liveness probe, of which none is due.</summary>
    [Params(false, true)]
    public bool Probes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _history = new HistoryWriter(new InMemoryContainerHistory(), TimeProvider.System, NullLogger.Instance);
        var options = new ContainerPoolOptions { Image = "test", MinInstances = Instances, MaxInstances = Instances, SlowStart = TimeSpan.Zero };
        if (Probes)
        {
            options.Readiness = new ContainerProbeOptions { Command = ["true"], Interval = Rarely };
            options.Liveness = new ContainerProbeOptions { Command = ["true"], Interval = Rarely };
        }

        _pool = new PoolReconciler(Parts(options), new PoolSurroundings
        {
            Engine = _engine,
            Probes = new ProbeRunner(_engine, TimeProvider.System),
            Demands = [],
            ReconcileInterval = TimeSpan.FromSeconds(1),
            Dispatch = static work => work(),
        });
        while (_pool.Status().Instances.Count(instance => instance.State == InstanceState.Ready) < Instances)
        {
            _pool.Pump();
        }

        _calls = _engine.Calls;
    }

    [GlobalCleanup]
    public async Task CleanAsync()
    {
        if (_engine.Calls != _calls)
        {
            throw new InvalidOperationException("A step with nothing to do called the engine.");
        }

        await _pool.DisposeAsync();
        _pool.Parts.Leases.Dispose();
    }

    [Benchmark]
    public TimeSpan IdleStep() => _pool.Pump();

    private PoolParts Parts(ContainerPoolOptions options) => new()
    {
        Name = "build",
        Owner = "benchmarks",
        WorkerName = "worker",
        Options = options,
        Leases = new PoolLeases("build", options, [], TimeProvider.System, seed: 42, NullLogger.Instance),
        Sizing = new PoolSizing(options),
        Slots = new StartSlots(Instances),
        History = _history,
        Metrics = new ContainerMetrics(null),
        Random = new Random(42),
        Time = TimeProvider.System,
        Logger = NullLogger.Instance,
        ListInterval = Rarely,
    };
}
