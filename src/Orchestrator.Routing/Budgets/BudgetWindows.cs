namespace Orchestrator.Routing.Budgets;

/// <summary>Where windows begin and end: UTC ticks, so that no clock change of any country moves them.</summary>
internal static class BudgetWindows
{
    /// <summary>The end of a window that never ends.</summary>
    public const long Never = long.MaxValue;

    public static (long Start, long End) Around(BudgetWindow window, long now) => window switch
    {
        BudgetWindow.Hour => Step(now, TimeSpan.TicksPerHour),
        BudgetWindow.Day => Step(now, TimeSpan.TicksPerDay),
        BudgetWindow.Month => Month(new DateTime(now, DateTimeKind.Utc)),
        _ => (DateTime.UnixEpoch.Ticks, Never),
    };

    private static (long Start, long End) Step(long now, long length)
    {
        var start = now - (now % length);
        return (start, start + length);
    }

    private static (long Start, long End) Month(DateTime now)
    {
        var start = new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return (start.Ticks, start.AddMonths(1).Ticks);
    }
}
