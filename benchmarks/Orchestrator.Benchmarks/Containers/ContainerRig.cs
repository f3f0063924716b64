using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Benchmarks.Containers;

/// <summary>A pool of instances that exist only in memory, under some load, and the same by hand.</summary>
internal static class ContainerRig
{
    public const int HardLimit = 100;

    public static readonly ContainerRequest Request = new() { Pool = "build" };

    public static readonly ContainerRequest KeyedRequest = Request with { AffinityKey = "session-1" };

    public static PoolInstance[] Instances(int count)
    {
        var instances = Enumerable.Range(0, count).Select(i => new PoolInstance($"build-{i}", HardLimit, HardLimit) { EngineId = $"id-{i}" }).ToArray();
        for (var i = 0; i < count; i++)
        {
            for (var lease = 0; lease < LoadOf(i); lease++)
            {
                instances[i].TryTake();
            }
        }

        return instances;
    }

    public static LinqPool ByHand(int count)
    {
        var pool = new LinqPool(Enumerable.Range(0, count).Select(i => $"build-{i}"), HardLimit);
        for (var i = 0; i < count; i++)
        {
            pool.Load(i, LoadOf(i));
        }

        return pool;
    }

    public static PoolLeases Leases(PoolInstance[] instances, string policy)
    {
        var options = new ContainerPoolOptions { Image = "test", HardLimit = HardLimit, Policy = policy, SlowStart = TimeSpan.Zero };
        var leases = new PoolLeases("build", options, [], TimeProvider.System, seed: 42, NullLogger.Instance);
        leases.Publish(instances, panic: false);
        return leases;
    }

    private static int LoadOf(int instance) => 1 + (instance * 7 % 10);
}
