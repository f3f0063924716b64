using System.Globalization;
using System.Text.Json;
using Orchestrator.Providers.Cli.Output;

namespace Orchestrator.Providers.Command.Output;

/// <summary>The way to a member of a JSON object (RFC 6901).</summary>
internal sealed class JsonPointer
{
    private readonly string[] _steps;

    private JsonPointer(string[] steps) => _steps = steps;

    /// <summary>Reads a pointer; <see langword="null"/> for anything that does not begin with a slash.</summary>
    public static JsonPointer? TryParse(string text) => text is ['/', _, ..]
        ? new JsonPointer([.. text[1..].Split('/').Select(static step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))])
        : null;

    /// <summary>The member; <see langword="null"/> when the line has none there.</summary>
    public JsonElement? Find(JsonElement line)
    {
        JsonElement? at = line;
        foreach (var step in _steps)
        {
            at = at switch
            {
                { ValueKind: JsonValueKind.Object } parent => Member(parent, step),
                { ValueKind: JsonValueKind.Array } list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.GetArrayLength() => list[index],
                _ => null,
            };
        }

        return at;
    }

    /// <summary>The member as text: a string as it is, anything else as JSON writes it; <see langword="null"/> for one that is missing or null.</summary>
    public string? FindText(JsonElement line) => Find(line) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => JsonText.Read(text),
        { } other => other.GetRawText(),
    };

    private static JsonElement? Member(JsonElement parent, string name)
    {
        try
        {
            return parent.TryGetProperty(name, out var member) ? member : null;
        }
        catch (InvalidOperationException)
        {
            return null; // A name beside it holds half of a surrogate pair.
        }
    }
}
