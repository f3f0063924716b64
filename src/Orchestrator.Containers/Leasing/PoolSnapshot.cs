namespace Orchestrator.Containers.Leasing;

/// <summary>The instances that leases may point at, as of one moment. The list never changes; what it lists does.</summary>
internal sealed class PoolSnapshot
{
    private const double SlowStartFloor = 0.1;

    private readonly double[] _upTo = []; // with unequal weights: the share of all that an instance and those before it have
    private volatile bool _isSettled; // every slow start is over

    public PoolSnapshot(ReadOnlySpan<PoolInstance> instances, bool isPanic, long slowStart)
    {
        Instances = instances.ToArray();
        IsPanic = isPanic;
        SlowStart = slowStart;
        foreach (var instance in Instances)
        {
            SettledAt = Math.Max(SettledAt, instance.ReadyAt + slowStart);
        }

        Hashes = Array.ConvertAll(Instances, instance => instance.NameHash);
        HasEqualLimits = Array.TrueForAll(Instances, instance => instance.SoftLimit == Instances[0].SoftLimit && instance.HardLimit == Instances[0].HardLimit);
        var weights = Array.ConvertAll(Instances, instance => instance.Weight);
        HasEqualWeights = Array.TrueForAll(weights, weight => weight.Equals(weights[0]));
        if (!HasEqualWeights)
        {
            _upTo = Sums(weights);
        }

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
    public double WeightOf(PoolInstance instance, long now) => instance.Weight * StartOf(instance, now);

    /// <summary>The part of its weight that an instance has: 1 once its slow start is over.</summary>
    public double StartOf(PoolInstance instance, long now) => _isSettled ? 1 : Math.Clamp((double)(now - instance.ReadyAt) / SlowStart, SlowStartFloor, 1);

    /// <summary>The instance at a place of the line in which each has room by its weight. For unequal weights.</summary>
    /// <param name="share">From 0 to 1, without 1.</param>
    public int At(double share)
    {
        var found = Array.BinarySearch(_upTo, share);
        return Math.Min(found < 0 ? ~found : found + 1, Instances.Length - 1);
    }

    private static double[] Sums(ReadOnlySpan<double> weights)
    {
        var sums = new double[weights.Length];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sums[i] = sum += weights[i];
        }

        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] /= sum;
        }

        return sums;
    }
}
