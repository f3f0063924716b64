namespace Orchestrator.Containers.Leasing;

/// <summary>Random numbers for many callers at once, without a lock; the same for the same seed while one caller draws. Not for secrets.</summary>
internal sealed class RandomSource(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    public ulong Next()
    {
        var value = Interlocked.Add(ref _state, Step);
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A number from 0 to 1, without 1.</summary>
    public double NextShare() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 to <paramref name="count"/>, without it, of 32 random bits.</summary>
    public static int Index(uint bits, int count) => (int)(((ulong)bits * (uint)count) >> 32);
}
