using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Benchmarks.Containers;

/// <summary>Choosing an instance of a pool, without taking its slot.</summary>
[MemoryDiagnoser]
public class ContainerSelectionBenchmarks
{
    private InstanceSelector _twoChoices = null!;
    private InstanceSelector _leastRequests = null!;
    private InstanceSelector _roundRobin = null!;
    private InstanceSelector _random = null!;
    private PoolSnapshot _snapshot = null!;
    private PoolSnapshot _starting = null!;
    private LinqPool _linq = null!;

    [Params(8, 64)]
    public int Instances { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var instances = ContainerRig.Instances(Instances);
        _snapshot = new PoolSnapshot(instances, isPanic: false, slowStart: 0);
        _twoChoices = Selector(SelectionKind.PowerOfTwoChoices);
        _leastRequests = Selector(SelectionKind.LeastRequests);
        _roundRobin = Selector(SelectionKind.RoundRobin);
        _random = Selector(SelectionKind.Random);
        _linq = ContainerRig.ByHand(Instances);

        var slow = ContainerRig.Instances(Instances);
        slow[0].ReadyAt = TimeProvider.System.GetTimestamp();
        _starting = new PoolSnapshot(slow, isPanic: false, slowStart: TimeProvider.System.TimestampFrequency * 3_600);
        if (slow[_leastRequests.Select(_snapshot, ContainerRig.Request)].Leases != 1 || !_linq.LeastRequests().StartsWith("build-", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The least loaded instance was not chosen: the comparison would mean nothing.");
        }
    }

    [Benchmark(Baseline = true)]
    public string LinqLeastRequests() => _linq.LeastRequests();

    [Benchmark]
    public string LinqPowerOfTwoChoices() => _linq.PowerOfTwoChoices();

    [Benchmark]
    public string LinqAffinity() => _linq.Affinity("session-1");

    [Benchmark]
    public int PowerOfTwoChoices() => _twoChoices.Select(_snapshot, ContainerRig.Request);

    [Benchmark]
    public int PowerOfTwoChoicesInSlowStart() => _twoChoices.Select(_starting, ContainerRig.Request);

    [Benchmark]
    public int LeastRequests() => _leastRequests.Select(_snapshot, ContainerRig.Request);

    [Benchmark]
    public int RoundRobin() => _roundRobin.Select(_snapshot, ContainerRig.Request);

    [Benchmark]
    public int AtRandom() => _random.Select(_snapshot, ContainerRig.Request);

    [Benchmark]
    public int SessionAffinity() => _twoChoices.Select(_snapshot, ContainerRig.KeyedRequest);

    private static InstanceSelector Selector(SelectionKind kind) => new(kind, added: null, TimeProvider.System, seed: 42, NullLogger.Instance);
}
