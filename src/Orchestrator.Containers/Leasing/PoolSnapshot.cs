namespace Orchestrator.Containers.Leasing;

/// <summary>The instances that leases may point at, as of one moment. The list never changes; what it lists does.</summary>
internal sealed class PoolSnapshot
{
    private const double SlowStartFloor = 0.1;

    private volatile bool _isSettled; // every slow start is over

    public PoolSnapshot(ReadOnlySpan<PoolInstance> instances, bool isPanic, long slowStart)
    {
        Instances = instances.ToArray();
        IsPanic = isPanic;
        SlowStart = slowStart;
        foreach (var instance in Instances)
        {
            MaxWeight = Math.Max(MaxWeight, instance.Weight);
            SettledAt = Math.Max(SettledAt, instance.ReadyAt + slowStart);
        }

        Hashes = Array.ConvertAll(Instances, instance => instance.NameHash);
        HasEqualLimits = Array.TrueForAll(Instances, instance => instance.SoftLimit == Instances[0].SoftLimit && instance.HardLimit == Instances[0].HardLimit);
        HasEqualWeights = Array.TrueForAll(Instances, instance => instance.Weight.Equals(MaxWeight));
        _isSettled = slowStart == 0;
    }

    public static PoolSnapshot Empty { get; } = new([], isPanic: false, slowStart: 0);

    public PoolInstance[] Instances { get; }

    /// <summary>Their <see cref="PoolInstance.NameHash"/>, side by side: affinity looks at all of them.</summary>
    public ulong[] Hashes { get; }

    /// <summary>Whether too few instances are healthy for the probes to be believed.</summary>
    public bool IsPanic { get; }

    /// <summary>How long a slow start lasts, in units of the clock; 0 for none.</summary>
    public long SlowStart { get; }

    public double MaxWeight { get; }

    public bool HasEqualWeights { get; }

    public bool HasEqualLimits { get; }

    /// <summary>When the last slow start ends.</summary>
    private long SettledAt { get; }

    /// <summary>Whether all weigh the same now: equal weights, and every slow start over. Asks the clock only until it is.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="now">The time to weigh at when they do not.</param>
    public bool IsEven(TimeProvider time, out long now)
    {
        if (_isSettled)
        {
            now = long.MaxValue;
            return HasEqualWeights;
        }

        now = time.GetTimestamp();
        _isSettled = now >= SettledAt;
        return _isSettled && HasEqualWeights;
    }

    /// <summary>The weight of an instance with its slow start counted in.</summary>
    public double WeightOf(PoolInstance instance, long now)
    {
        if (_isSettled)
        {
            return instance.Weight;
        }

        var share = (double)(now - instance.ReadyAt) / SlowStart;
        return instance.Weight * Math.Clamp(share, SlowStartFloor, 1);
    }
}
