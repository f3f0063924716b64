using BenchmarkDotNet.Attributes;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Benchmarks.Containers;

/// <summary>Acquiring and releasing a lease that can be had at once; nobody else asks.</summary>
[MemoryDiagnoser]
public class ContainerLeaseBenchmarks
{
    private PoolLeases _twoChoices = null!;
    private PoolLeases _leastRequests = null!;
    private LinqPool _linq = null!;

    [Params(8, 64)]
    public int Instances { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _twoChoices = ContainerRig.Leases(ContainerRig.Instances(Instances), SelectionPolicies.PowerOfTwoChoices);
        _leastRequests = ContainerRig.Leases(ContainerRig.Instances(Instances), SelectionPolicies.LeastRequests);
        _linq = ContainerRig.ByHand(Instances);
    }

    [GlobalCleanup]
    public void Clean()
    {
        _twoChoices.Dispose();
        _leastRequests.Dispose();
    }

    [Benchmark(Baseline = true)]
    public long LinqAcquireRelease()
    {
        var token = _linq.Acquire(TimeProvider.System.GetUtcNow());
        _linq.Release(token);
        return token;
    }

    [Benchmark]
    public ValueTask<long> AcquireRelease() => RunAsync(_twoChoices);

    [Benchmark]
    public ValueTask<long> AcquireReleaseLeastRequests() => RunAsync(_leastRequests);

    private static async ValueTask<long> RunAsync(PoolLeases leases)
    {
        var lease = (await leases.AcquireAsync(ContainerRig.Request, CancellationToken.None)).Lease!;
        await lease.ReleaseAsync(succeeded: true);
        return lease.Token;
    }
}
