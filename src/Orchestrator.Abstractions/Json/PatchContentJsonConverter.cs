using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Patching;

namespace Orchestrator.Json;

/// <summary>Reads and writes <see cref="PatchContent"/>: a string when the bytes are valid UTF-8, else <c>{"base64": "…"}</c>.</summary>
public sealed class PatchContentJsonConverter : JsonConverter<PatchContent>
{
    /// <inheritdoc/>
    public override PatchContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return PatchContent.FromText(reader.GetString()!);
        }

        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("base64", out var base64)
            && base64.ValueKind == JsonValueKind.String
            && base64.TryGetBytesFromBase64(out var bytes))
        {
            return new PatchContent(bytes);
        }

        throw new JsonException("Content must be a string or an object with 'base64'.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PatchContent value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.IsText)
        {
            writer.WriteStringValue(value.Bytes.Span);
            return;
        }

        writer.WriteStartObject();
        writer.WriteBase64String("base64"u8, value.Bytes.Span);
        writer.WriteEndObject();
    }
}
