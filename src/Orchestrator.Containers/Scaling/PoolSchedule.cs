using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Scaling;

/// <summary>The minimum of instances by the time of the day.</summary>
internal sealed class PoolSchedule(IEnumerable<ContainerScheduleWindow> windows)
{
    private readonly (ContainerScheduleWindow Window, TimeZoneInfo Zone)[] _windows =
        [.. windows.Select(window => (window, TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone)))];

    /// <summary>The highest minimum of all windows that are open; 0 when none is.</summary>
    public int MinimumAt(DateTimeOffset now)
    {
        var minimum = 0;
        foreach (var (window, zone) in _windows)
        {
            if (window.MinInstances > minimum && IsOpen(window, TimeZoneInfo.ConvertTime(now, zone).DateTime))
            {
                minimum = window.MinInstances;
            }
        }

        return minimum;
    }

    private static bool IsOpen(ContainerScheduleWindow window, DateTime local)
    {
        var time = TimeOnly.FromDateTime(local);
        if (window.From < window.To)
        {
            return time >= window.From && time < window.To && BeginsOn(window, local.DayOfWeek);
        }

        // Over midnight: the evening part belongs to today's window, the morning part to yesterday's.
        return (time >= window.From && BeginsOn(window, local.DayOfWeek)) || (time < window.To && BeginsOn(window, local.AddDays(-1).DayOfWeek));
    }

    private static bool BeginsOn(ContainerScheduleWindow window, DayOfWeek day) => window.Days.Count == 0 || window.Days.Contains(day);
}
