using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Orchestrator.Cli;

/// <summary>How the command reads a time: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, or <c>hh:mm:ss</c>. A number alone is none: nobody could tell its unit.</summary>
internal static class Duration
{
    /// <summary>What the help shows as the value of an option.</summary>
    public const string HelpName = "TIME";

    /// <summary>What may be written, for help texts and errors.</summary>
    public const string Forms = "30s, 5m, 2h, 1d or hh:mm:ss";

    /// <summary>Reads a time.</summary>
    /// <returns>The time, never negative; <see langword="null"/> when the text is none.</returns>
    public static TimeSpan? Read(string text)
    {
        if (text.Length == 0 || !char.IsAsciiDigit(text[0]))
        {
            return null;
        }

        if (text.Count(c => c == ':') == 2)
        {
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) ? time : null;
        }

        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        return UnitOf(text[digits..]) is { } unit && int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= TimeSpan.MaxValue / unit
            ? number * unit
            : null;
    }

    /// <summary>An option that is a time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">Its help; the forms are added.</param>
    /// <param name="otherwise">Its value when it is not given.</param>
    public static Option<TimeSpan?> Option(string name, string description, TimeSpan? otherwise = null) => new(name)
    {
        Description = $"{description} Write {Forms}.",
        HelpName = HelpName,
        CustomParser = Parse,
        DefaultValueFactory = _ => otherwise,
    };

    private static TimeSpan? UnitOf(string name) => name switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        "d" => TimeSpan.FromDays(1),
        _ => null,
    };

    private static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Read(text) is { } time)
        {
            return time;
        }

        result.AddError($"'{text}' is no time; write {Forms}.");
        return null;
    }
}
