using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Providers.Command.Output;

/// <summary>Where something stands in a line, and which lines say it: <c>/part/text when /type=text</c>.</summary>
internal sealed class JsonRule
{
    private const string When = " when ";

    private readonly JsonPointer _pointer;
    private readonly JsonCondition[] _conditions;

    private JsonRule(JsonPointer pointer, JsonCondition[] conditions) => (_pointer, _conditions) = (pointer, conditions);

    /// <summary>Reads a rule; <see langword="null"/> for a text that is none.</summary>
    public static JsonRule? TryParse(string text)
    {
        var when = text.IndexOf(When, StringComparison.Ordinal);
        var conditions = when < 0 ? [] : JsonCondition.TryParseAll(text[(when + When.Length)..]);
        return JsonPointer.TryParse((when < 0 ? text : text[..when]).Trim()) is { } pointer && conditions is not null ? new JsonRule(pointer, conditions) : null;
    }

    /// <summary>What the line says there; <see langword="null"/> when it says nothing.</summary>
    public string? TextIn(JsonElement line) => Array.TrueForAll(_conditions, condition => condition.Holds(line)) ? _pointer.FindText(line) : null;

    /// <summary>The number that the line says there, of at least 0; <see langword="null"/> when it says none.</summary>
    public decimal? NumberIn(JsonElement line) =>
        decimal.TryParse(TextIn(line), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : null;
}
