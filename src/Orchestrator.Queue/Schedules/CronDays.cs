namespace Orchestrator.Queue.Schedules;

/// <summary>The days that a cron expression allows. Asked a month at a time, as most of its rules are about months.</summary>
/// <remarks>
/// As vixie cron documents: when both fields are restricted a day that matches either will do; when one begins with <c>*</c> (also <c>*/2</c>) or is <c>?</c>,
/// a day must match both.
/// </remarks>
internal sealed class CronDays
{
    /// <summary>The days of the month, plain ones.</summary>
    public required CronSet Days { get; init; }

    /// <summary>How many days before the last of the month: 0 for <c>L</c>, 3 for <c>L-3</c>.</summary>
    public required IReadOnlyList<int> BeforeLast { get; init; }

    /// <summary>The weekday that is nearest to a day of the month: 15 for <c>15W</c>; 0 for <c>LW</c>, the last weekday.</summary>
    public required IReadOnlyList<int> Workdays { get; init; }

    /// <summary>The days of the week, plain ones; Sunday is 0.</summary>
    public required CronSet Weekdays { get; init; }

    /// <summary>The nth of a day of the week: (5, 2) for <c>FRI#2</c>; (5, 0) for <c>FRIL</c>, the last one.</summary>
    public required IReadOnlyList<(int Weekday, int Nth)> Nths { get; init; }

    /// <summary>The days of a month that match: bit 1 for the first.</summary>
    public CronSet In(int year, int month)
    {
        var length = DateTime.DaysInMonth(year, month);
        var first = (int)new DateTime(year, month, 1).DayOfWeek;
        var byMonth = InMonth(length, first);
        var byWeek = InWeeks(length, first);
        return new CronSet(Days.IsWild || Weekdays.IsWild ? byMonth & byWeek : byMonth | byWeek, false);
    }

    private ulong InMonth(int length, int first)
    {
        var bits = Days.Bits & ((1UL << (length + 1)) - 1);
        foreach (var before in BeforeLast)
        {
            bits |= length > before ? 1UL << (length - before) : 0;
        }

        foreach (var day in Workdays)
        {
            bits |= day <= length ? 1UL << Workday(day == 0 ? length : day, length, first) : 0;
        }

        return bits;
    }

    // Monday to Friday nearest to the day, never in another month.
    private static int Workday(int day, int length, int first) => (DayOfWeek)((first + day - 1) % 7) switch
    {
        DayOfWeek.Saturday => day > 1 ? day - 1 : day + 2,
        DayOfWeek.Sunday => day < length ? day + 1 : day - 2,
        _ => day,
    };

    private ulong InWeeks(int length, int first)
    {
        ulong bits = 0;
        for (var day = 1; day <= length; day++)
        {
            bits |= Weekdays.Contains((first + day - 1) % 7) ? 1UL << day : 0;
        }

        foreach (var (weekday, nth) in Nths)
        {
            var begin = 1 + ((weekday - first + 7) % 7);
            var day = nth == 0 ? begin + ((length - begin) / 7 * 7) : begin + ((nth - 1) * 7);
            bits |= day <= length ? 1UL << day : 0;
        }

        return bits;
    }
}
