using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Orchestrator.Secrets;

namespace Orchestrator.Storage;

/// <summary>Takes secrets out of what is about to be stored, and what no engine stores as it is.</summary>
internal static class Redaction
{
    public static string Text(ISecretRedactor? redactor, string text) => WithoutNul(redactor?.Redact(text) ?? text);

    public static string? OptionalText(ISecretRedactor? redactor, string? text) => text is null ? null : Text(redactor, text);

    /// <summary>Puts U+FFFD for every NUL character: PostgreSQL refuses such a text, and the driver of SQLite cuts it there.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? WithoutNul(string? text) => text?.Replace('\0', '\uFFFD'); // Gives the same instance when there is none.

    /// <summary>
    /// Looks into every string and number of the JSON, because a secret may stand there with escapes; text that is no JSON is taken as it is. A number that holds a
    /// secret becomes a string.
    /// </summary>
    public static string? Json(ISecretRedactor? redactor, string? json)
    {
        json = WithoutNul(json);
        if (redactor is null || json is null)
        {
            return json;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            if (IsClean(redactor, document.RootElement))
            {
                return redactor.Redact(json);
            }

            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                Write(redactor, document.RootElement, writer);
            }

            return redactor.Redact(Encoding.UTF8.GetString(buffer.ToArray()));
        }
        catch (JsonException)
        {
            return redactor.Redact(json);
        }
    }

    private static bool IsClean(ISecretRedactor redactor, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => IsClean(redactor, element.GetString()!),
        JsonValueKind.Number => IsClean(redactor, element.GetRawText()),
        JsonValueKind.Array => element.EnumerateArray().All(item => IsClean(redactor, item)),
        JsonValueKind.Object => element.EnumerateObject().All(member => IsClean(redactor, member.Name) && IsClean(redactor, member.Value)),
        _ => true,
    };

    private static bool IsClean(ISecretRedactor redactor, string text) => redactor.Redact(text) == text;

    private static void Write(ISecretRedactor redactor, JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(redactor.Redact(element.GetString()));
                break;
            case JsonValueKind.Number when !IsClean(redactor, element.GetRawText()):
                writer.WriteStringValue(redactor.Redact(element.GetRawText()));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(redactor, item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(redactor.Redact(member.Name));
                    Write(redactor, member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
