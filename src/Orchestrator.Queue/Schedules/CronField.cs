namespace Orchestrator.Queue.Schedules;

/// <summary>One field of a cron expression: its name for messages, its range, and the words that stand for values.</summary>
internal sealed record CronField(string Name, int Minimum, int Maximum, string[] Words)
{
    public static CronField Second { get; } = new("second", 0, 59, []);

    public static CronField Minute { get; } = new("minute", 0, 59, []);

    public static CronField Hour { get; } = new("hour", 0, 23, []);

    public static CronField Day { get; } = new("day of month", 1, 31, []);

    public static CronField Month { get; } = new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    /// <summary>Sunday is 0, and 7 when it is read.</summary>
    public static CronField Weekday { get; } = new("day of week", 0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    /// <summary>The largest number that may be written.</summary>
    public int Written => this == Weekday ? 7 : Maximum;

    /// <summary>What written numbers are divided by, and the rest taken: a 7 is Sunday, as 0 is; other fields stay as they are.</summary>
    public int Modulus => this == Weekday ? 7 : int.MaxValue;

    /// <summary>How many values there are.</summary>
    public int Size => Maximum - Minimum + 1;
}
