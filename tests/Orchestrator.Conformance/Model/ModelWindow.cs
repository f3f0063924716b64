using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>When windows are open: the plain way, for windows of every day in UTC, hour by hour.</summary>
internal static class ModelWindow
{
    public static bool IsOpen(TaskWindow? window, DateTimeOffset at)
    {
        if (window is null)
        {
            return true;
        }

        var time = TimeOnly.FromDateTime(at.UtcDateTime);
        return window.From < window.To ? time >= window.From && time < window.To : time >= window.From || time < window.To;
    }

    /// <summary>When the window closes next.</summary>
    public static DateTimeOffset Closing(TaskWindow window, DateTimeOffset at)
    {
        var today = new DateTimeOffset(at.UtcDateTime.Date + window.To.ToTimeSpan(), TimeSpan.Zero);
        return today > at ? today : today.AddDays(1);
    }

    /// <summary>The time itself when the window is open then, else when it opens next.</summary>
    public static DateTimeOffset Opening(TaskWindow? window, DateTimeOffset at)
    {
        if (IsOpen(window, at))
        {
            return at;
        }

        var today = new DateTimeOffset(at.UtcDateTime.Date + window!.From.ToTimeSpan(), TimeSpan.Zero);
        return today > at ? today : today.AddDays(1);
    }
}
