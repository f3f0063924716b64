using Orchestrator.Queue;

namespace Orchestrator.Storage.Windows;

/// <summary>Finds the hours of a <see cref="TaskWindow"/>. Knows no clock.</summary>
internal static class TaskWindowHours
{
    private const int DaysOfWeek = 7;

    /// <summary>The opening that <paramref name="time"/> lies in, else the next one.</summary>
    /// <remarks>
    /// Where the clock is put forward, a time in the gap is taken for the gap's end; a window that lies wholly in the gap is left out. Where it is put back, the
    /// first of two equal times counts.
    /// </remarks>
    /// <param name="window">The window.</param>
    /// <param name="time">From when to look.</param>
    /// <returns>The first time at or after <paramref name="time"/> at which the window is open, and when it closes; <see langword="null"/> when it never does.</returns>
    public static (DateTimeOffset Opens, DateTimeOffset? Closes) Next(TaskWindow window, DateTimeOffset time)
    {
        if (window.From == window.To && window.Days.Distinct().Count() is 0 or DaysOfWeek)
        {
            return (time, null);
        }

        // Checked when the task was added, maybe on another machine: one that does not know the zone must be able to serve the queue all the same.
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        var nights = window.To <= window.From ? 1 : 0;
        for (var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime).AddDays(-1); ; day = day.AddDays(1))
        {
            if (window.Days.Count > 0 && !window.Days.Contains(day.DayOfWeek))
            {
                continue;
            }

            var opens = ToInstant(day.ToDateTime(window.From), zone);
            var closes = ToInstant(day.AddDays(nights).ToDateTime(window.To), zone);
            if (closes > time && closes > opens)
            {
                return (opens > time ? opens : time, closes);
            }
        }
    }

    private static DateTimeOffset ToInstant(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            local = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified);
            while (zone.IsInvalidTime(local))
            {
                local = local.AddMinutes(1);
            }
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
