namespace Orchestrator.Routing.Snapshots;

/// <summary>Turns a counter into numbers that look random: the finaliser of SplitMix64. The same input always gives the same output.</summary>
internal static class Mixer
{
    public const ulong Step = 0x9E3779B97F4A7C15;

    public static ulong Mix(ulong value)
    {
        value += Step;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A number from 0 to just below 1.</summary>
    public static double Fraction(ulong value) => (Mix(value) >> 11) * (1.0 / (1UL << 53));
}
