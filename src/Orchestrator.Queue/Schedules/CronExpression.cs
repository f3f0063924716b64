using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Queue.Schedules;

/// <summary>A cron expression: tells when the next time is.</summary>
/// <remarks>
/// <para>
/// Five fields (minute, hour, day of month, month, day of week), or six with seconds first. Each is a list of values, ranges (<c>1-5</c>, <c>FRI-MON</c>), and
/// steps (<c>*/15</c>, <c>10-40/10</c>, <c>5/10</c>). Months and days of the week have names; Sunday is 0 and 7. Days of the month may be <c>L</c> (the last),
/// <c>L-3</c>, <c>15W</c> (the weekday nearest to the 15th, in the same month) and <c>LW</c>; days of the week may be <c>5L</c> (the last Friday) and <c>FRI#2</c> (the second).
/// <c>?</c> is the same as <c>*</c> for days. Macros: <c>@yearly</c>, <c>@annually</c>, <c>@monthly</c>, <c>@weekly</c>, <c>@daily</c>, <c>@midnight</c>, <c>@hourly</c>.
/// </para>
/// <para>
/// Days: when both fields are restricted, a day that matches either will do; when one begins with <c>*</c> (also <c>*/2</c>) or is <c>?</c>, a day must match both.
/// </para>
/// <para>
/// Clock changes, as vixie cron and cronie do: an expression whose second, minute or hour begins with <c>*</c> goes by the clock on the wall: times in the hour that is
/// left out do not come, times in the hour that comes twice come twice. Any other is for fixed times: one that is left out comes at the first instant after the gap,
/// one that comes twice comes the first time only.
/// </para>
/// Thread-safe, as nothing can change it.
/// </remarks>
public sealed class CronExpression
{
    // After 400 years days and weekdays are the same again: what did not match by then never will.
    private const int CycleMonths = 400 * 12;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private readonly string _text;
    private readonly CronSet _seconds;
    private readonly CronSet _minutes;
    private readonly CronSet _hours;
    private readonly CronSet _months;
    private readonly CronDays _days;

    private CronExpression(string text, IReadOnlyList<(string Text, int Offset)> fields)
    {
        _text = text;
        var first = fields.Count - 5;
        _seconds = first == 0 ? new CronSet(1, IsWild: false) : new CronParser(CronField.Second, fields[0].Text, fields[0].Offset).Parse();
        _minutes = Parser(CronField.Minute, 0).Parse();
        _hours = Parser(CronField.Hour, 1).Parse();
        _months = Parser(CronField.Month, 3).Parse();
        var (day, weekday) = (Parser(CronField.Day, 2), Parser(CronField.Weekday, 4));
        _days = new CronDays
        {
            Days = day.Parse(),
            Weekdays = weekday.Parse(),
            BeforeLast = day.BeforeLast,
            Workdays = day.Workdays,
            Nths = weekday.Nths,
        };

        CronParser Parser(CronField field, int index) => new(field, fields[first + index].Text, fields[first + index].Offset);
    }

    private bool IsWild => _seconds.IsWild || _minutes.IsWild || _hours.IsWild;

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <returns>The expression.</returns>
    /// <exception cref="FormatException">It is wrong; the message names the field, what was found there, and its place.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim(' ', '\t');
        if (trimmed.StartsWith('@'))
        {
            return Macros.TryGetValue(trimmed, out var macro)
                ? new CronExpression(text, Split(macro))
                : throw new FormatException($"'{trimmed}' is no cron macro; known: {string.Join(", ", Macros.Keys)}.");
        }

        var fields = Split(text);
        return fields.Count is 5 or 6
            ? new CronExpression(text, fields)
            : throw new FormatException($"The cron expression '{text}' has {fields.Count} fields; it must have 5 (minute, hour, day of month, month, day of week), or 6 with seconds first.");
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="expression">The expression; <see langword="null"/> when it is wrong.</param>
    /// <returns>Whether it is right.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CronExpression? expression)
    {
        try
        {
            expression = text is null ? null : Parse(text);
        }
        catch (FormatException)
        {
            expression = null;
        }

        return expression is not null;
    }

    /// <summary>The first time after a time.</summary>
    /// <param name="after">The time.</param>
    /// <param name="zone">The time zone whose clock counts.</param>
    /// <returns>The time in UTC; <see langword="null"/> when there is none, as for 30 February.</returns>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var clock = new WallClock(zone);
        if (!IsWild)
        {
            return First(clock.Earliest(after), after, wall => clock.At(wall).OrAfterGap);
        }

        // Both are in order of time, taken by itself; together they are all times.
        var first = First(clock.Earliest(after), after, wall => clock.At(wall).First);
        var second = First(clock.Earliest(after), after, wall => clock.At(wall).Second);
        return first is null || second < first ? second : first;
    }

    /// <summary>The expression as it was read.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _text;

    // Begins a second after `wall`: what the wall clock shows now has passed.
    private DateTimeOffset? First(DateTime wall, DateTimeOffset after, Func<DateTime, DateTimeOffset?> instant)
    {
        DateTime? next = wall;
        while ((next = NextWall(next.Value)) is { } found)
        {
            if (instant(found) is { } at && at > after)
            {
                return at;
            }
        }

        return null;
    }

    private DateTime? NextWall(DateTime after)
    {
        if (after > DateTime.MaxValue.AddDays(-2))
        {
            return null;
        }

        var from = new DateTime(after.Year, after.Month, after.Day, after.Hour, after.Minute, after.Second, DateTimeKind.Unspecified).AddSeconds(1);
        if (NextTime(from.TimeOfDay) is { } today && _months.Contains(from.Month) && _days.In(from.Year, from.Month).Contains(from.Day))
        {
            return from.Date + today;
        }

        var midnight = NextTime(TimeSpan.Zero)!.Value;
        var (year, month, day) = (from.Year, from.Month, from.Day + 1);
        for (var months = 0; months <= CycleMonths && year < 9999; months++)
        {
            if (_months.Contains(month) && _days.In(year, month).Next(day) is var found and > 0)
            {
                return new DateTime(year, month, found, 0, 0, 0, DateTimeKind.Unspecified) + midnight;
            }

            (year, month, day) = month == 12 ? (year + 1, 1, 1) : (year, month + 1, 1);
        }

        return null;
    }

    private TimeSpan? NextTime(TimeSpan from)
    {
        var (hour, minute, second) = (from.Hours, from.Minutes, from.Seconds);
        if (!_hours.Contains(hour) || !_minutes.Contains(minute) || (second = _seconds.Next(second)) < 0)
        {
            second = _seconds.Next(0);
            if (!_hours.Contains(hour) || (minute = _minutes.Next(_minutes.Contains(minute) ? minute + 1 : minute)) < 0)
            {
                minute = _minutes.Next(0);
                hour = _hours.Next(_hours.Contains(hour) ? hour + 1 : hour);
            }
        }

        return hour < 0 ? null : new TimeSpan(hour, minute, second);
    }

    private static List<(string Text, int Offset)> Split(string text)
    {
        var fields = new List<(string, int)>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is ' ' or '\t')
            {
                continue;
            }

            var end = text.AsSpan(i).IndexOfAny(' ', '\t');
            end = end < 0 ? text.Length : i + end;
            fields.Add((text[i..end], i));
            i = end;
        }

        return fields;
    }
}
