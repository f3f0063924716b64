namespace Orchestrator.Patching;

/// <summary>Finds the JSON objects of a reply: the whole text (one object, an array, one object after the other), or objects in prose and in fenced blocks.</summary>
internal sealed class JsonReply(JsonPartReader reader)
{
    private int _blockEnd;
    private int _nextMark = -1;

    /// <summary>The objects, arrays laid open.</summary>
    /// <param name="isMine">Whether an object that stands in prose belongs to the format.</param>
    /// <param name="mark">A member's name, in quotes, that tells a broken object of the format from other text; <see langword="null"/> when no prose is allowed.</param>
    /// <param name="what">Names the format.</param>
    public List<JsonPart> Objects(Func<JsonPart, bool> isMine, byte[]? mark, string what)
    {
        var text = reader.Text;
        var values = new List<JsonPart>();
        var prose = -1;
        for (var line = 0; line < text.Count;)
        {
            if (text.Trimmed(line).IsEmpty)
            {
                line++;
            }
            else if (StartsJson(text.Bytes.Span[text.Start(line)..]) && TryRead(line, mark) is { } found)
            {
                values.AddRange(found.Values);
                line = found.NextLine;
            }
            else
            {
                prose = prose < 0 ? line : prose;
                line++;
            }
        }

        if (prose >= 0 && mark is null)
        {
            throw text.Error(prose, $"Nothing but the JSON of {what} may stand here.");
        }

        var objects = values.SelectMany(static value => value.IsArray ? value.Items : [value]);
        var mine = (prose >= 0 ? objects.Where(value => value.IsObject && isMine(value)) : objects).ToList();
        if (mine.Count == 0)
        {
            throw new PatchFormatException(
                values.Count > 0 && prose < 0 ? PatchConflictCode.Empty : PatchConflictCode.Malformed, 1, $"There is no {what} in the patch.", 1);
        }

        return mine;
    }

    /// <summary>Whether text begins like an object with members, or like an array of objects.</summary>
    public static bool StartsJson(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'['))
        {
            return false;
        }

        var inside = text[1..].TrimStart(" \t\r\n"u8);
        return !inside.IsEmpty && (text[0] == '{' ? inside[0] is (byte)'"' or (byte)'}' : inside[0] is (byte)'{' or (byte)']');
    }

    /// <summary>Reads the values that begin in a line; <see langword="null"/> when it is other text.</summary>
    private (List<JsonPart> Values, int NextLine)? TryRead(int line, byte[]? mark)
    {
        var text = reader.Text;
        try
        {
            var values = new List<JsonPart>();
            var at = text.Start(line);
            while (true)
            {
                values.Add(reader.Read(at, out var end));
                var last = text.LineAt(end - 1);
                var rest = text.Bytes.Span[end..text.Start(last + 1)];
                if (rest.Trim(" \t\r\n"u8).IsEmpty)
                {
                    return (values, last + 1);
                }

                if (!StartsJson(rest))
                {
                    throw text.ErrorAt(end + rest.IndexOfAnyExcept(" \t\r\n"u8), "Something that is no JSON follows the JSON in the same line.");
                }

                at = end;
            }
        }
        catch (PatchFormatException error) when (error.Code == PatchConflictCode.Malformed && mark is not null && !Holds(line, mark))
        {
            return null;
        }
    }

    /// <summary>Whether a mark stands between a line and the end of its block. Both places are kept for the lines that follow, so that many broken objects cost one pass.</summary>
    private bool Holds(int line, byte[] mark)
    {
        var text = reader.Text;
        if (line >= _blockEnd)
        {
            _blockEnd = line + 1;
            while (_blockEnd < text.Count && FenceMark.Read(text.Trimmed(_blockEnd)) is null)
            {
                _blockEnd++;
            }
        }

        if (text.Start(line) > _nextMark)
        {
            var found = text.Bytes.Span[text.Start(line)..].IndexOf(mark);
            _nextMark = found < 0 ? int.MaxValue : text.Start(line) + found;
        }

        return _nextMark < text.Start(_blockEnd);
    }
}
