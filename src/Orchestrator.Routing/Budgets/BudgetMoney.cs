using System.Globalization;

namespace Orchestrator.Routing.Budgets;

/// <summary>Money as whole billionths of a US dollar, rounded up, so that sums are exact and a reservation is one exchange.</summary>
internal static class BudgetMoney
{
    /// <summary>The most that one amount counts as: about nine million dollars, so that no sum of them overflows.</summary>
    public const long Most = long.MaxValue / 1024;

    private const int Decimals = 9;

    private static readonly ulong[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, NanoUsd.PerUsd];

    /// <summary>The amount; negative ones count as nothing.</summary>
    public static long From(decimal usd)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(usd, bits);
        var scale = (bits[3] >> 16) & 0xFF;
        if (bits[3] < 0 || bits[2] != 0 || scale > Decimals)
        {
            return FromLong(usd);
        }

        // Nearly every price has a few decimals and fits into 64 bits; decimal arithmetic would cost more than the reservation.
        var high = Math.BigMul((uint)bits[0] | ((ulong)(uint)bits[1] << 32), Powers[Decimals - scale], out var low);
        return high == 0 && low <= Most ? (long)low : Most;
    }

    /// <summary>A cap, which may be larger than one amount.</summary>
    public static long Cap(decimal usd) => usd >= NanoUsd.ToUsd(long.MaxValue / 2) ? long.MaxValue / 2 : (long)decimal.Floor(usd * NanoUsd.PerUsd);

    /// <summary>A number of tokens, no larger than can be summed; negative ones count as none.</summary>
    public static long Tokens(long tokens) => Math.Clamp(tokens, 0, Most);

    /// <summary>For people: at least two decimals, no needless zeros.</summary>
    public static string Format(long nano) => "$" + NanoUsd.ToUsd(nano).ToString("0.00#######", CultureInfo.InvariantCulture);

    private static long FromLong(decimal usd) => usd <= 0 ? 0 : usd >= NanoUsd.ToUsd(Most) ? Most : (long)decimal.Ceiling(usd * NanoUsd.PerUsd);
}
