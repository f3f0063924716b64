using System.Numerics;

namespace Orchestrator.Queue.Schedules;

/// <summary>The values that one field of a cron expression allows, a bit each.</summary>
/// <param name="Bits">The values.</param>
/// <param name="IsWild">Whether the field begins with <c>*</c> or is <c>?</c>.</param>
internal readonly record struct CronSet(ulong Bits, bool IsWild)
{
    public bool Contains(int value) => (Bits >> value & 1) != 0;

    /// <summary>The least value that is at least <paramref name="from"/>; -1 for none.</summary>
    public int Next(int from)
    {
        var left = from > 63 ? 0 : Bits & (ulong.MaxValue << from);
        return left == 0 ? -1 : BitOperations.TrailingZeroCount(left);
    }
}
