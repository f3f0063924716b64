using System.Globalization;

namespace Orchestrator.Queue.Tests.Schedules;

/// <summary>A random cron expression beside the same rules said the long way: every minute is asked whether it matches.</summary>
internal sealed class NaiveCron
{
    private readonly List<string> _texts = [];
    private readonly List<Func<DateTime, bool>> _rules = [];

    public NaiveCron(Random random)
    {
        Add(random, 0, 59, wall => wall.Minute);
        Add(random, 0, 23, wall => wall.Hour);
        AddDay(random);
        Add(random, 1, 12, wall => wall.Month);
        AddWeekday(random);
    }

    public string Text => string.Join(' ', _texts);

    private bool IsWild => _texts[0][0] == '*' || _texts[1][0] == '*';

    /// <summary>The matching instants of a time, by the rule for clock changes.</summary>
    public IEnumerable<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        // The hours before tell what the clock has shown already.
        var shown = DateTime.MinValue;
        for (var instant = after.AddHours(-30); instant <= until; instant = instant.AddMinutes(1))
        {
            var wall = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
            var comes = IsWild ? Matches(wall) : shown > DateTime.MinValue && Walls(shown, wall).Any(Matches);
            shown = wall > shown ? wall : shown;
            if (comes && instant > after)
            {
                yield return instant;
            }
        }
    }

    // What the clock shows for the first time with this minute: more than one reading after a gap, none in a second pass.
    private static IEnumerable<DateTime> Walls(DateTime shown, DateTime wall)
    {
        for (var next = shown.AddMinutes(1); next <= wall; next = next.AddMinutes(1))
        {
            yield return next;
        }
    }

    private bool Matches(DateTime wall)
    {
        var (day, weekday) = (_rules[2](wall), _rules[4](wall));
        var both = IsStar(_texts[2]) || IsStar(_texts[4]);
        return _rules[0](wall) && _rules[1](wall) && _rules[3](wall) && (both ? day && weekday : day || weekday);
    }

    private static bool IsStar(string text) => text[0] is '*' or '?';

    private void Add(Random random, int minimum, int maximum, Func<DateTime, int> of)
    {
        var (first, second, step) = (random.Next(minimum, maximum + 1), random.Next(minimum, maximum + 1), random.Next(1, Math.Min(8, maximum)));
        var (low, high) = (Math.Min(first, second), Math.Max(first, second));
        var (text, rule) = random.Next(5) switch
        {
            0 => ("*", (Func<int, bool>)(_ => true)),
            1 => ($"*/{step}", value => (value - minimum) % step == 0),
            2 => ($"{low}-{high}/{step}", value => value >= low && value <= high && (value - low) % step == 0),
            3 => ($"{first},{second}", value => value == first || value == second),
            _ => (first.ToString(CultureInfo.InvariantCulture), value => value == first),
        };
        _texts.Add(text);
        _rules.Add(wall => rule(of(wall)));
    }

    private void AddDay(Random random)
    {
        var (day, before) = (random.Next(1, 32), random.Next(1, 10));
        switch (random.Next(8))
        {
            case 0:
                Add("L", wall => wall.AddDays(1).Month != wall.Month);
                break;
            case 1:
                Add($"L-{before}", wall => wall.AddDays(before).Month == wall.Month && wall.AddDays(before + 1).Month != wall.Month);
                break;
            case 2:
                Add($"{day}W", wall => IsNearestWeekday(wall, day));
                break;
            case 3:
                Add("LW", wall => IsWorkday(wall) && Enumerable.Range(1, 3).All(i => wall.AddDays(i).Month != wall.Month || !IsWorkday(wall.AddDays(i))));
                break;
            case 4:
                Add("?", _ => true);
                break;
            default:
                Add(random, 1, 31, wall => wall.Day);
                break;
        }
    }

    private void AddWeekday(Random random)
    {
        var (weekday, nth) = (random.Next(7), random.Next(1, 6));
        switch (random.Next(6))
        {
            case 0:
                Add($"{weekday}L", wall => (int)wall.DayOfWeek == weekday && wall.AddDays(7).Month != wall.Month);
                break;
            case 1:
                Add($"{weekday}#{nth}", wall => (int)wall.DayOfWeek == weekday && (wall.Day + 6) / 7 == nth);
                break;
            case 2:
                Add("*", _ => true);
                break;
            default:
                Add(random, 0, 6, wall => (int)wall.DayOfWeek);
                break;
        }
    }

    private void Add(string text, Func<DateTime, bool> rule)
    {
        _texts.Add(text);
        _rules.Add(rule);
    }

    private static bool IsWorkday(DateTime date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static bool IsNearestWeekday(DateTime wall, int day)
    {
        if (!IsWorkday(wall) || day > DateTime.DaysInMonth(wall.Year, wall.Month))
        {
            return false;
        }

        var target = new DateTime(wall.Year, wall.Month, day, 0, 0, 0, DateTimeKind.Unspecified);
        var nearest = Enumerable.Range(-2, 5).Select(i => target.AddDays(i)).Where(date => date.Month == wall.Month && IsWorkday(date)).MinBy(date => Math.Abs((date - target).Days));
        return nearest == wall.Date;
    }
}
