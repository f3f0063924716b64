using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Json;

/// <summary>Reads and writes a <see cref="ValueMap"/> as a JSON object of strings; numbers and booleans read as their text, <c>null</c> as the empty map.</summary>
public sealed class ValueMapJsonConverter : JsonConverter<ValueMap>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override ValueMap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return ValueMap.Empty;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("An object was expected.");
        }

        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            entries[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
        }

        return new ValueMap(entries);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ValueMap value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        foreach (var (key, text) in value)
        {
            writer.WriteString(key, text);
        }

        writer.WriteEndObject();
    }
}
