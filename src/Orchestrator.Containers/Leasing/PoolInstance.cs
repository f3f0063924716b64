using System.Collections.Immutable;
using Orchestrator.Containers.Cost;

namespace Orchestrator.Containers.Leasing;

/// <summary>An instance of a pool in memory: what the choice of an instance, the leases and the reconciler have in common.</summary>
/// <remarks>
/// The reconciler writes <see cref="State"/>, <see cref="EngineId"/>, <see cref="Endpoints"/>, <see cref="ReadyAt"/> and <see cref="Weight"/>; everybody reads them, without a lock.
/// Slots are taken by interlocked operations, so that an instance never serves more leases than its hard limit, whoever asks.
/// </remarks>
internal sealed class PoolInstance
{
    private const int Closed = int.MinValue;

    private int _slots; // leases; below zero, with the sign bit beside the count, no new ones may be taken
    private int _state;
    private long _readyAt = long.MinValue / 2; // long ago: no slow start
    private long _lastProgressAt;
    private long _succeeded;
    private long _failed;
    private long _expired;
    private double _weight = 1;
    private string? _engineId;
    private ImmutableArray<ContainerEndpoint> _endpoints = [];

    public PoolInstance(string name, int softLimit, int hardLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(softLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hardLimit, softLimit);
        (Name, SoftLimit, HardLimit) = (name, softLimit, hardLimit);
        NameHash = RendezvousHash.Of(name);
    }

    public string Name { get; }

    /// <summary>How long it has been there and served; guarded by the lock of its pool's leases.</summary>
    public InstanceMeter Meter { get; } = new();

    /// <summary>For session affinity: computed once.</summary>
    public ulong NameHash { get; }

    /// <summary>Leases from which it is passed over while another is below.</summary>
    public int SoftLimit { get; }

    /// <summary>Leases that it never exceeds.</summary>
    public int HardLimit { get; }

    /// <summary>The engine's id; null while it is being made. A new one at each replacement.</summary>
    public string? EngineId
    {
        get => Volatile.Read(ref _engineId);
        set => Volatile.Write(ref _engineId, value);
    }

    /// <summary>Where its ports can be reached now.</summary>
    public ImmutableArray<ContainerEndpoint> Endpoints
    {
        get => _endpoints;
        set => ImmutableInterlocked.InterlockedExchange(ref _endpoints, value);
    }

    /// <summary>Where it stands. Written by the reconciler only; closing it to new leases is <see cref="Close"/>, which a state alone does not do.</summary>
    public InstanceState State
    {
        get => (InstanceState)Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, (int)value);
    }

    /// <summary>Its share beside others; above 0.</summary>
    public double Weight
    {
        get => Volatile.Read(ref _weight);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Volatile.Write(ref _weight, value);
        }
    }

    /// <summary>When it became ready, as a timestamp of the pool's <see cref="TimeProvider"/>: the begin of its slow start. Without one, it gets its whole share at once.</summary>
    public long ReadyAt
    {
        get => Volatile.Read(ref _readyAt);
        set => Volatile.Write(ref _readyAt, value);
    }

    /// <summary>When a lease on it last began, was renewed or released, as a timestamp.</summary>
    public long LastProgressAt
    {
        get => Volatile.Read(ref _lastProgressAt);
        set => Volatile.Write(ref _lastProgressAt, value);
    }

    /// <summary>Leases that it serves now.</summary>
    public int Leases => Volatile.Read(ref _slots) & int.MaxValue;

    /// <summary>Leases that it serves now; a huge number when it is closed, so that one comparison with a limit tells whether it can be chosen.</summary>
    internal uint Load => (uint)Volatile.Read(ref _slots);

    /// <summary>Whether it takes new leases, as far as its slots go.</summary>
    public bool IsOpen => Volatile.Read(ref _slots) >= 0;

    /// <summary>Leases that were released as gone well, since it was made: passive health.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Leases that were released as failed, since it was made. Leases that expired or were ended by force count neither way.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Leases that expired without a renewal, since it was made: their work may still run in it.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Takes a slot, unless it is closed or full.</summary>
    public bool TryTake()
    {
        var slots = Volatile.Read(ref _slots);
        while ((uint)slots < (uint)HardLimit)
        {
            var seen = Interlocked.CompareExchange(ref _slots, slots + 1, slots);
            if (seen == slots)
            {
                return true;
            }

            slots = seen;
        }

        return false;
    }

    /// <summary>Gives a slot back.</summary>
    public void Give() => Interlocked.Decrement(ref _slots);

    /// <summary>From the moment this returns, nobody takes a slot any more. For draining and for what is unhealthy or gone.</summary>
    public void Close() => Interlocked.Or(ref _slots, Closed);

    /// <summary>Lets slots be taken again.</summary>
    public void Open() => Interlocked.And(ref _slots, int.MaxValue);

    public void CountExpired() => Interlocked.Increment(ref _expired);

    public void Count(bool succeeded)
    {
        if (succeeded)
        {
            Interlocked.Increment(ref _succeeded);
        }
        else
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
