using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Routing.State;

/// <summary>What an operator last said about a provider, and when (UTC ticks): the latest word of all processes counts.</summary>
internal readonly record struct SavedDraining(bool IsDraining, long At)
{
    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <returns>Null when it is something else.</returns>
    public static SavedDraining? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("draining", out var draining) && root.TryGetProperty("at", out var at)
                ? new SavedDraining(draining.GetBoolean(), at.GetInt64())
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("draining", IsDraining);
            writer.WriteNumber("at", At);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
