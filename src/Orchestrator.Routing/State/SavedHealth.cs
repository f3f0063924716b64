using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Routing.State;

/// <summary>The health of one provider as it is kept. Times are UTC ticks, 0 for never.</summary>
internal readonly record struct SavedHealth(long OpenUntil, long LimitedUntil, long QuotaUntil, long Day)
{
    /// <summary>Reads what <see cref="ToJson"/> wrote; also what an older or newer version wrote, as far as the names agree.</summary>
    /// <returns>Null when it is no JSON object, or a value is not what it should be.</returns>
    public static SavedHealth? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? null : new SavedHealth(
                Number(root, "openUntil"), Number(root, "limitedUntil"), Number(root, "quotaUntil"), Number(root, "day"));
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
            writer.WriteNumber("openUntil", OpenUntil);
            writer.WriteNumber("limitedUntil", LimitedUntil);
            writer.WriteNumber("quotaUntil", QuotaUntil);
            writer.WriteNumber("day", Day);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static long Number(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? Math.Max(0, value.GetInt64()) : 0;
}
