using System.Globalization;

namespace Orchestrator.Routing.Configuration;

/// <summary>Reads a time as people write it. A number alone is none: nobody could tell its unit.</summary>
internal static class DurationText
{
    public const string Forms = "500ms, 30s, 5m, 2h, 1d or hh:mm:ss";

    public static TimeSpan? Read(string text)
    {
        if (text.Length == 0 || !char.IsAsciiDigit(text[0]))
        {
            return null;
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) ? time : null;
        }

        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        return UnitOf(text[digits..]) is { } unit && int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= TimeSpan.MaxValue / unit
            ? number * unit
            : null;
    }

    private static TimeSpan? UnitOf(string name) => name switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        "d" => TimeSpan.FromDays(1),
        _ => null,
    };
}
