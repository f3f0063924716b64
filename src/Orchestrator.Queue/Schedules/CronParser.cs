using System.Globalization;

namespace Orchestrator.Queue.Schedules;

/// <summary>Reads one field of a cron expression. Every error names the field, what was found, and its place.</summary>
internal sealed class CronParser(CronField field, string text, int offset)
{
    private readonly List<int> _beforeLast = [];
    private readonly List<int> _workdays = [];
    private readonly List<(int Weekday, int Nth)> _nths = [];
    private ulong _bits;

    public IReadOnlyList<int> BeforeLast => _beforeLast;

    public IReadOnlyList<int> Workdays => _workdays;

    public IReadOnlyList<(int Weekday, int Nth)> Nths => _nths;

    /// <exception cref="FormatException">The field is wrong.</exception>
    public CronSet Parse()
    {
        if (text == "?")
        {
            if (field != CronField.Day && field != CronField.Weekday)
            {
                throw Error(text, 0, "stands for a day only; write '*'");
            }

            return new CronSet(Range(field.Minimum, field.Maximum, 1), IsWild: true);
        }

        var start = 0;
        foreach (var part in text.Split(','))
        {
            ParsePart(part, start);
            start += part.Length + 1;
        }

        return new CronSet(_bits, text[0] == '*');
    }

    private void ParsePart(string part, int start)
    {
        if (part.Length == 0)
        {
            throw Error(part, start, "is empty; a comma stands between two values");
        }

        if (Special(part, start))
        {
            return;
        }

        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var step = slash < 0 ? 1 : Number(part[(slash + 1)..], start + slash + 1, 1, field.Maximum, "a step");
        var range = slash < 0 ? part : part[..slash];
        if (range == "*")
        {
            _bits |= Range(field.Minimum, field.Maximum, step);
            return;
        }

        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var from = Value(dash < 0 ? range : range[..dash], start);
        var to = dash >= 0 ? Value(range[(dash + 1)..], start + dash + 1) : slash < 0 ? from : field.Maximum;
        if (field == CronField.Weekday && from == 0 && to == 7)
        {
            to = 6;
        }

        _bits |= Range(from % field.Modulus, to % field.Modulus, step);
    }

    /// <summary>From one value to the other; past the end and on from the beginning when the second is smaller: FRI-MON.</summary>
    private ulong Range(int from, int to, int step)
    {
        var count = (to - from + field.Size) % field.Size;
        ulong bits = 0;
        for (var i = 0; i <= count; i += step)
        {
            bits |= 1UL << (field.Minimum + ((from - field.Minimum + i) % field.Size));
        }

        return bits;
    }

    /// <summary>L, L-3, LW, 15W for days of the month; 5L, FRI#2 for days of the week.</summary>
    private bool Special(string part, int start)
    {
        var upper = part.ToUpperInvariant();
        if (field == CronField.Day)
        {
            return SpecialDay(part, upper, start);
        }

        if (field != CronField.Weekday)
        {
            return false;
        }

        if (upper.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0)
        {
            _nths.Add((Value(part[..hash], start) % 7, Number(part[(hash + 1)..], start + hash + 1, 1, 5, "the number of a week")));
            return true;
        }

        if (upper.EndsWith('L'))
        {
            _nths.Add((Value(part[..^1], start) % 7, 0));
            return true;
        }

        return false;
    }

    private bool SpecialDay(string part, string upper, int start)
    {
        switch (upper)
        {
            case "L":
                _beforeLast.Add(0);
                return true;
            case "LW":
                _workdays.Add(0);
                return true;
            case ['L', '-', ..]:
                _beforeLast.Add(Number(part[2..], start + 2, 1, 30, "the number of days before the last"));
                return true;
            case [.., 'W']:
                _workdays.Add(Value(part[..^1], start));
                return true;
            default:
                return false;
        }
    }

    private int Value(string word, int start)
    {
        var index = Array.FindIndex(field.Words, known => known.Equals(word, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? field.Minimum + index : Number(word, start, field.Minimum, field.Written, "a value");
    }

    private int Number(string digits, int start, int minimum, int maximum, string what)
    {
        if (digits.Length is > 0 and < 10 && digits.All(char.IsAsciiDigit) && int.Parse(digits, CultureInfo.InvariantCulture) is var number && number >= minimum && number <= maximum)
        {
            return number;
        }

        var words = field.Words.Length > 0 && what == "a value" ? $" or {field.Words[0]} to {field.Words[^1]}" : "";
        throw Error(digits, start, $"is not {what} from {minimum} to {maximum}{words}");
    }

    private FormatException Error(string found, int start, string problem) => new($"The field '{field.Name}': '{found}' at position {offset + start + 1} {problem}.");
}
