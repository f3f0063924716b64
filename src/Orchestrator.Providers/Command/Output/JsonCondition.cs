using System.Text.Json;

namespace Orchestrator.Providers.Command.Output;

/// <summary>What must be true of a line: <c>/type=text</c>, <c>/is_error!=true</c>.</summary>
internal sealed record JsonCondition(JsonPointer Pointer, string Value, bool IsNegated)
{
    /// <summary>Reads conditions that <c>and</c> joins; <see langword="null"/> when one of them is none.</summary>
    public static JsonCondition[]? TryParseAll(string text)
    {
        var conditions = text.Split(" and ").Select(TryParse).ToArray();
        return Array.Exists(conditions, static condition => condition is null) ? null : [.. conditions.OfType<JsonCondition>()];
    }

    /// <summary>Whether it is true of this line.</summary>
    public bool Holds(JsonElement line) => IsNegated != (Pointer.Find(line) is { } member && TextOf(member) == Value);

    private static string TextOf(JsonElement member) => member.ValueKind == JsonValueKind.String ? Cli.Output.JsonText.Read(member) : member.GetRawText();

    private static JsonCondition? TryParse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 2)
        {
            return null;
        }

        var negated = text[equals - 1] == '!';
        return JsonPointer.TryParse(text[..(negated ? equals - 1 : equals)].Trim()) is { } pointer ? new JsonCondition(pointer, text[(equals + 1)..].Trim(), negated) : null;
    }
}
