using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Tells from the members of the first object which form a JSON text has. Values are not read.</summary>
internal static class JsonShape
{
    /// <summary>Reads the first object.</summary>
    /// <param name="json">A text that begins with JSON.</param>
    /// <param name="length">How many bytes were read, when the object is whole; else 0.</param>
    /// <returns>The forms whose members it has.</returns>
    public static SortedSet<PatchFormat> Read(ReadOnlySpan<byte> json, out int length)
    {
        length = 0;
        var formats = new SortedSet<PatchFormat>();
        var reader = new Utf8JsonReader(json, isFinalBlock: true, default);
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Of(ref reader) is { } format)
                {
                    formats.Add(format);
                }

                reader.Read();
                reader.Skip();
            }

            length = (int)reader.BytesConsumed;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter for a name with half of a surrogate pair. What was seen before the fault decides; the parser tells where the fault is.
        }

        return formats;
    }

    private static PatchFormat? Of(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("files"u8))
        {
            return PatchFormat.PatchSet;
        }

        if (reader.ValueTextEquals("operation"u8) || reader.ValueTextEquals("block"u8))
        {
            return PatchFormat.AIPatch;
        }

        if (reader.ValueTextEquals("old_str"u8) || reader.ValueTextEquals("old_string"u8))
        {
            return PatchFormat.StrReplace;
        }

        return reader.ValueTextEquals("changes"u8) || reader.ValueTextEquals("documentChanges"u8) || reader.ValueTextEquals("textDocument"u8) || reader.ValueTextEquals("newText"u8)
            ? PatchFormat.LspEdit
            : null;
    }
}
