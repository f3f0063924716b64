using System.Text.Json;

namespace Orchestrator.Providers.Cli.Output;

/// <summary>Reads lines of JSON that nobody promised us the form of, and counts those that say nothing to us. Not thread-safe.</summary>
internal sealed class JsonLines
{
    /// <summary>How many lines were no JSON objects, or of an unknown kind.</summary>
    public int Unknown { get; private set; }

    /// <summary>Makes events of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="understand">Makes events of the line's object; gives <see langword="null"/> for one of an unknown kind.</param>
    /// <returns>The events; none for a line that is blank, no JSON object, or of an unknown kind.</returns>
    public IReadOnlyList<AgentEvent> Read(string line, Func<JsonElement, IEnumerable<AgentEvent>?> understand)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return [];
        }

        using var document = TryParse(line);
        if (document?.RootElement is { ValueKind: JsonValueKind.Object } root && understand(root) is { } events)
        {
            return [.. events];
        }

        Unknown++;
        return [];
    }

    private static JsonDocument? TryParse(string line)
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
