using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Reads JSON values with their places, and members of known kinds. Everything wrong is told with line and column.</summary>
internal sealed class JsonPartReader(ReplyText text, int maxEdits)
{
    private const int MaxDepth = 32;
    private const long PartsPerEdit = 16;
    private const long Spare = 10_000;

    private long _parts;

    public ReplyText Text => text;

    /// <summary>Reads one value.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">The byte behind it.</param>
    public JsonPart Read(int start, out int end)
    {
        var reader = new Utf8JsonReader(text.Bytes.Span[start..], new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            var part = ReadValue(ref reader, start);
            end = start + (int)reader.BytesConsumed;
            return part;
        }
        catch (JsonException error)
        {
            throw text.ErrorAt(Offset(start, error), $"The JSON cannot be read: {Reason(error)}");
        }
        catch (InvalidOperationException)
        {
            throw text.ErrorAt(start + (int)reader.TokenStartIndex, "The text is not valid UTF-8, or holds half of a surrogate pair.");
        }
    }

    /// <summary>A member that must be there.</summary>
    public JsonPart Required(JsonPart part, string name) =>
        part.Find(name) ?? throw text.ErrorAt(part.Offset, $"The member '{name}' is missing.");

    public string String(JsonPart value, string name) =>
        value.Kind == JsonTokenType.String ? value.Text : throw text.ErrorAt(value.Offset, $"'{name}' must be a string.");

    public string? OptionalString(JsonPart part, string name) => part.Find(name) is { } value ? String(value, name) : null;

    public int? OptionalInteger(JsonPart part, string name, int minimum)
    {
        if (part.Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind != JsonTokenType.Number || !long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || number < minimum || number >= int.MaxValue)
        {
            throw text.ErrorAt(value.Offset, $"'{name}' must be a whole number of at least {minimum}.");
        }

        return (int)number;
    }

    public bool Flag(JsonPart part, string name) => part.Find(name) switch
    {
        null => false,
        { Kind: JsonTokenType.True } => true,
        { Kind: JsonTokenType.False } => false,
        var other => throw text.ErrorAt(other.Offset, $"'{name}' must be true or false."),
    };

    public JsonPart Object(JsonPart value, string name) => value.IsObject ? value : throw text.ErrorAt(value.Offset, $"{name} must be an object.");

    public JsonPart Array(JsonPart value, string name) => value.IsArray ? value : throw text.ErrorAt(value.Offset, $"{name} must be an array.");

    /// <summary>Refuses members that are known ones written differently: a guard that is misspelt would guard nothing.</summary>
    public void RefuseMisspelt(JsonPart part, ReadOnlySpan<string> known)
    {
        foreach (var member in part.Members)
        {
            foreach (var name in known)
            {
                if (member.Name != name && Plain(member.Name) == Plain(name))
                {
                    throw text.ErrorAt(member.Offset, $"The member '{member.Name}' is written '{name}'.");
                }
            }
        }
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private JsonPart ReadValue(ref Utf8JsonReader reader, int start)
    {
        var offset = start + (int)reader.TokenStartIndex;
        if (++_parts > (maxEdits * PartsPerEdit) + Spare)
        {
            throw text.ErrorAt(offset, "The JSON has more values than the edits that are allowed could take.", PatchConflictCode.TooLarge);
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new JsonPart(JsonTokenType.String, offset) { Text = reader.GetString()! };
            case JsonTokenType.Number:
                return new JsonPart(JsonTokenType.Number, offset) { Text = Encoding.ASCII.GetString(reader.ValueSpan) };
            case JsonTokenType.StartArray:
                var array = new JsonPart(JsonTokenType.StartArray, offset);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    array.Items.Add(ReadValue(ref reader, start));
                }

                return array;
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, start, offset);
            default:
                return new JsonPart(reader.TokenType, offset);
        }
    }

    private JsonPart ReadObject(ref Utf8JsonReader reader, int start, int offset)
    {
        var part = new JsonPart(JsonTokenType.StartObject, offset);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var at = start + (int)reader.TokenStartIndex;
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw text.ErrorAt(at, $"The member '{name}' stands twice in one object.");
            }

            reader.Read();
            part.Members.Add(new JsonMember(name, at, ReadValue(ref reader, start)));
        }

        return part;
    }

    private int Offset(int start, JsonException error)
    {
        var line = text.LineAt(start) + (int)(error.LineNumber ?? 0);
        var lineStart = error.LineNumber is > 0 ? text.Start(line) : start;
        return (int)Math.Min(lineStart + (error.BytePositionInLine ?? 0), text.Bytes.Length);
    }

    /// <summary>The reader's message without the place, which is told apart.</summary>
    private static string Reason(JsonException error)
    {
        var place = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? error.Message : error.Message[..place];
    }
}
