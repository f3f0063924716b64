using System.Globalization;

namespace Orchestrator.Patching;

/// <summary>Reads the hunks of one updated file: <c>@@</c> lines that name what to look for first, or line numbers as in a unified diff, and lines with <c>' '</c>, <c>-</c> or <c>+</c>.</summary>
internal sealed class ApplyPatchHunks(ReplyText text, PatchBudget budget, bool carried, int lastEnd)
{
    /// <summary>Reads until the file's section ends.</summary>
    /// <param name="at">The line to begin at; after it, the line that ends the section.</param>
    public ValueList<PatchEdit> Read(ref int at)
    {
        var edits = new List<PatchEdit>();
        while (at < text.Count && !EnvelopeLine.EndsSection(Marker(at)))
        {
            if (text.Trimmed(at).IsEmpty && !text.Raw(at).StartsWith(" "u8))
            {
                at++;
                continue;
            }

            if (edits.Count > 0 && !text.Raw(at).StartsWith("@@"u8))
            {
                throw text.Error(at, "A hunk begins with '@@'.");
            }

            budget.TakeEdits(at + 1);
            edits.Add(ReadHunk(ref at));
        }

        return edits.ToValueList();
    }

    private PatchEdit ReadHunk(ref int at)
    {
        var begin = at;
        var (anchors, hint) = ReadHeaders(ref at);
        var end = EndOfBody(at);
        var (before, after) = (new LineBlock(), new LineBlock());
        for (; at < end; at++)
        {
            AddLine(at, before, after);
        }

        if (before.IsEmpty && after.IsEmpty)
        {
            throw text.Error(begin, "The hunk is empty.");
        }

        while (at < text.Count && text.Raw(at).Trim("\r"u8).IsEmpty)
        {
            at++;
        }

        var atEnd = EnvelopeLine.Is(Marker(at), EnvelopeLine.EndOfFile);
        at += atEnd ? 1 : 0;
        return new PatchEdit
        {
            Old = before.ToContent(),
            New = after.ToContent(),
            Line = hint,
            Anchor = anchors.Count > 0 ? string.Join('\n', anchors) : null,
            IsText = true,
            IsOrdered = true,
            // Lines that are only added, with nothing that tells where, go to the end of the file.
            AtEnd = atEnd || (before.IsEmpty && anchors.Count == 0 && hint is null),
        };
    }

    /// <summary>The line behind the hunk's last; empty lines before what follows separate, and belong to nothing.</summary>
    private int EndOfBody(int from)
    {
        var end = from;
        while (end < text.Count && !text.Raw(end).StartsWith("@@"u8) && !EnvelopeLine.EndsSection(Marker(end)) && !EnvelopeLine.Is(Marker(end), EnvelopeLine.EndOfFile))
        {
            end++;
        }

        while (end > from && text.Raw(end - 1).Trim("\r"u8).IsEmpty)
        {
            end--;
        }

        return end;
    }

    private void AddLine(int line, LineBlock before, LineBlock after)
    {
        var raw = text.Raw(line);
        var isBlank = raw.Trim("\r"u8).IsEmpty;
        var mark = isBlank ? (byte)' ' : raw[0];
        if (mark is not ((byte)' ' or (byte)'+' or (byte)'-'))
        {
            throw text.Error(line, "A line of a hunk begins with ' ', '-' or '+'; a new file section begins with '*** '.");
        }

        // An empty line is an empty line of context whose space was lost.
        var content = isBlank ? raw : raw[1..];
        if (mark != '+')
        {
            before.Add(content, carried);
        }

        if (mark != '-')
        {
            after.Add(content, carried);
        }
    }

    private (List<string> Anchors, int? Hint) ReadHeaders(ref int at)
    {
        var anchors = new List<string>();
        int? hint = null;
        for (; at < text.Count && text.Raw(at).StartsWith("@@"u8); at++)
        {
            var line = text.Text(at).TrimEnd('\r', ' ', '\t');
            if (line.Length > 2 && line[2] != ' ')
            {
                throw text.Error(at, "After '@@' stands a space and the line to look for, or nothing.", 2);
            }

            var anchor = line.Length <= 3 ? "" : line[3..];
            anchor = anchor.EndsWith(" @@", StringComparison.Ordinal) && !anchor.StartsWith('-') ? anchor[..^3].TrimEnd() : anchor;
            if (Numbers(anchor) is { } number)
            {
                hint = number;
            }
            else if (anchor.Trim() is not ("" or "..." or "... @@"))
            {
                anchors.Add(anchor);
            }
        }

        return (anchors, hint);
    }

    /// <summary>The first line of a header such as <c>-12,3 +12,4 @@ text</c>; an insertion's number names the line before it.</summary>
    private static int? Numbers(string anchor)
    {
        var words = anchor.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !words[0].StartsWith('-') || !words[1].StartsWith('+') || Range(words[0]) is not { } range || Range(words[1]) is null)
        {
            return null;
        }

        return Math.Max(1, range.Count == 0 ? range.Line + 1 : range.Line);
    }

    private static (int Line, int Count)? Range(string word)
    {
        var comma = word.IndexOf(',', StringComparison.Ordinal);
        var line = comma < 0 ? word[1..] : word[1..comma];
        var count = comma < 0 ? "1" : word[(comma + 1)..];
        return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first < int.MaxValue
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (first, number)
            : null;
    }

    /// <summary>
    /// A line that may be a marker. Within a section a line that begins with a space is context, but for the last end marker of the text: some models indent it.
    /// </summary>
    private ReadOnlySpan<byte> Marker(int line) =>
        line < text.Count && (text.Raw(line).StartsWith("*"u8) || line == lastEnd) ? text.Trimmed(line) : default;
}
