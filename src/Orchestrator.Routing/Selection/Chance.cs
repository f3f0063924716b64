using System.Runtime.CompilerServices;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>All randomness of a decision: numbers made of its seed and of what they are for, so that a replay draws the same ones.</summary>
internal static class Chance
{
    /// <summary>Whether and how to explore. Draws for candidates have their indices, so these are below 0.</summary>
    public const int OfExploring = -1;

    /// <summary>The first, or only, pick.</summary>
    public const int OfPick = -2;

    /// <summary>The second of two picks.</summary>
    public const int OfSecondPick = -3;

    private const double Scale = 1.0 / (1UL << 53);
    private const double OfSixteenBits = 1.0 / 65_536;

    /// <summary>Evenly from 0 to below 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Uniform(ulong seed, int draw) => (Bits(seed, draw) >> 11) * Scale;

    /// <summary>Evenly one of <paramref name="count"/>.</summary>
    public static int Index(ulong seed, int draw, int count) => (int)(Uniform(seed, draw) * count);

    /// <summary>About the standard normal distribution: the sum of four even numbers, which ends at 3.46 standard deviations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Normal(ulong seed, int draw)
    {
        var bits = Bits(seed, draw);
        var sum = (int)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
        return ((sum * OfSixteenBits) - 2) * 1.7320508075688772;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(ulong seed, int draw) => Mixer.Mix(seed ^ ((ulong)draw * Mixer.Step));
}
