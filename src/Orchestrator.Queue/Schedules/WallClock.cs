namespace Orchestrator.Queue.Schedules;

/// <summary>What the clock on the wall of a time zone shows, and when it shows it.</summary>
/// <remarks>Asks for offsets of instants only: the zone's own notion of invalid and ambiguous times leaves out changes of the zone's base offset.</remarks>
internal sealed class WallClock(TimeZoneInfo zone)
{
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>What the clock shows at an instant; the earlier reading when the same one is shown twice, so that none of the second pass is overlooked.</summary>
    public DateTime Earliest(DateTimeOffset instant)
    {
        var wall = Reading(instant, zone.GetUtcOffset(instant));
        if (instant - DateTimeOffset.MinValue < Margin || DateTimeOffset.MaxValue - instant < Margin)
        {
            return wall;
        }

        var later = Reading(instant, zone.GetUtcOffset(instant + Margin));
        return later < wall ? later : wall;
    }

    /// <summary>When the clock shows a time.</summary>
    public Moments At(DateTime wall)
    {
        var utc = new DateTimeOffset(wall, TimeSpan.Zero);
        if (utc - DateTimeOffset.MinValue < 2 * Margin || DateTimeOffset.MaxValue - utc < 2 * Margin)
        {
            return new Moments(utc, utc, utc);
        }

        var (before, after) = (zone.GetUtcOffset(utc - Margin), zone.GetUtcOffset(utc + Margin));
        var (first, second) = (utc - before, utc - after);
        if (before == after)
        {
            return new Moments(first, first, first);
        }

        // The clock is changed within a day of this time.
        return (zone.GetUtcOffset(first) == before, zone.GetUtcOffset(second) == after) switch
        {
            (true, true) => new Moments(first, second, first),
            (true, false) => new Moments(first, first, first),
            (false, true) => new Moments(second, second, second),
            _ => new Moments(null, null, Change(utc - Margin, utc + Margin, before)),
        };
    }

    private static DateTime Reading(DateTimeOffset instant, TimeSpan offset) => (instant.UtcDateTime.Ticks + offset.Ticks) switch
    {
        < 0 => DateTime.MinValue,
        var ticks when ticks > DateTime.MaxValue.Ticks => DateTime.MaxValue,
        var ticks => new DateTime(ticks, DateTimeKind.Unspecified),
    };

    // The first instant at which the offset is another than before; to the second, as no zone is finer.
    private DateTimeOffset Change(DateTimeOffset low, DateTimeOffset high, TimeSpan before)
    {
        while (high - low > TimeSpan.FromSeconds(1))
        {
            var middle = low + TimeSpan.FromSeconds(Math.Floor((high - low).TotalSeconds / 2));
            (low, high) = zone.GetUtcOffset(middle) == before ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>When the clock shows a time.</summary>
    /// <param name="First">The first time; <see langword="null"/> when it never does.</param>
    /// <param name="Second">The second time; the first when there is one only.</param>
    /// <param name="OrAfterGap">The first time, or the first instant after the gap that swallowed it.</param>
    internal readonly record struct Moments(DateTimeOffset? First, DateTimeOffset? Second, DateTimeOffset OrAfterGap);
}
