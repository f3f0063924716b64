using System.Collections.Concurrent;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Leasing;

/// <summary>64 callers at once, over 8 instances of which one after the other is killed and replaced.</summary>
public sealed class LeaseLoadTests
{
    private const int Callers = 64;
    private const int Kills = 640;

    private readonly ConcurrentDictionary<string, long> _deadSince = new();
    private readonly ConcurrentDictionary<string, long> _served = new();
    private readonly ConcurrentDictionary<long, bool> _tokens = new();
    private readonly Lock _killing = new(); // one kill at a time, as one reconciler does it
    private readonly Random _random = SeededRandom.Create(7);
    private long _sequence;
    private long _acquired;
    private long _ended;
    private int _kills;

    [Theory]
    [InlineData(10_000, 4)] // half of the callers wait at any time
    [InlineData(10_000, 64)] // nobody waits; fewer leases could all fall into the time in which one thread is held up
    public async Task Nothing_is_lost_no_slot_leaks_and_the_load_is_even_while_instances_are_killed(int leasesOfCaller, int hardLimit)
    {
        using var rig = new LeasingRig(8, pool => pool.HardLimit = hardLimit);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(rig, leasesOfCaller), TestContext.Current.CancellationToken)));

        Assert.Equal(Callers * leasesOfCaller, _acquired);
        Assert.Equal(_acquired, _tokens.Count);
        Assert.Equal((0, 0), (rig.Leases.Held, rig.Leases.Waiting));
        Assert.All(rig.Instances, instance => Assert.Equal(0, instance.Leases));
        Assert.Equal(Kills, _kills);
        Assert.InRange(_acquired - rig.Instances.Sum(instance => instance.Succeeded), 1, _ended); // some that were ended had no owner yet
        Assert.All(_served.Values, served => Assert.InRange(served / (_acquired / 8.0), 0.8, 1.2));
    }

    private async Task CallAsync(LeasingRig rig, int leases)
    {
        for (var i = 0; i < leases; i++)
        {
            var askedAt = Interlocked.Increment(ref _sequence);
            var acquisition = await rig.Leases.AcquireAsync(LeasingRig.Request(seconds: 3_600), CancellationToken.None);

            Assert.Equal(AcquisitionStatus.Acquired, acquisition.Status);
            var lease = acquisition.Lease!;
            Assert.True(_tokens.TryAdd(lease.Token, true), "Two leases have one token.");
            Assert.False(_deadSince.TryGetValue(lease.EngineId, out var deadSince) && deadSince < askedAt, "A lease points at an instance that was dead before it was asked for.");
            _served.AddOrUpdate(lease.Instance, 1, static (_, served) => served + 1);
            if (Interlocked.Increment(ref _acquired) % (Callers * leases / Kills) == 0)
            {
                Kill(rig);
            }

            await Task.Yield();
            await lease.ReleaseAsync(succeeded: true);
        }
    }

    private void Kill(LeasingRig rig)
    {
        lock (_killing)
        {
            var victim = rig.Instances[_random.Next(rig.Instances.Length)];
            var dead = victim.EngineId!;
            _ended += rig.Leases.Fail(victim);
            _deadSince[dead] = Interlocked.Increment(ref _sequence);
            rig.Leases.Publish([.. rig.Instances.Where(instance => instance != victim)], panic: false);
            victim.EngineId = $"{victim.Name}-{++_kills}x";
            rig.Leases.Publish(rig.Instances, panic: false);
        }
    }
}
