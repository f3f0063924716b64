using System.Text.Json;

namespace Orchestrator.Providers.Cli.Output;

/// <summary>Reads one line of JSON that nobody promised us the form of.</summary>
internal static class JsonLine
{
    /// <summary>Makes events of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="understand">Makes events of the line's object; gives <see langword="null"/> for one of an unknown kind.</param>
    /// <returns>The events; <see langword="null"/> for a line that is no JSON object or of an unknown kind.</returns>
    public static IReadOnlyList<AgentEvent>? Read(string line, Func<JsonElement, IEnumerable<AgentEvent>?> understand)
    {
        using var document = TryParse(line);
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root && understand(root) is { } events ? [.. events] : null;
    }

    /// <summary>The line's JSON; <see langword="null"/> when it is none.</summary>
    public static JsonDocument? TryParse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null; // Not JSON, too deep, or with half of a surrogate pair in plain sight.
        }
    }
}
