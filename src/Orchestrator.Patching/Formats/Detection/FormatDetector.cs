namespace Orchestrator.Patching;

/// <summary>Tells the form of a patch from its content: from the marks that only one form has. What stands inside the mark's own block counts for nothing.</summary>
internal sealed class FormatDetector(ReadOnlyMemory<byte> patch, int maxLine)
{
    private readonly SortedDictionary<PatchFormat, int> _found = [];
    private int _fence = -1;
    private int _fenceEnd = -1;
    private int _jsonEnd;

    public PatchFormat Detect()
    {
        // A diff may be very long; one that begins like one needs no look at the rest.
        var start = patch.Span.TrimStart("\uFEFF \t\r\n"u8);
        if (start.StartsWith("diff --git "u8) || StartsPlainDiff(start))
        {
            return PatchFormat.UnifiedDiff;
        }

        var text = new ReplyText(patch, maxLine);
        for (var line = 0; line < text.Count; line++)
        {
            LookAtFence(text, line);
            var end = Look(text, line, out var format);

            // A mark amid a block that bears a file's name may be a part of that file.
            if (format is not null and not PatchFormat.SearchReplace && line > _fence + 1 && line < _fenceEnd)
            {
                _found.TryAdd(PatchFormat.WholeFile, _fence);
            }

            line = end;
        }

        if (_found.Count == 0 && WholeFileParser.IsLikely(text))
        {
            return PatchFormat.WholeFile;
        }

        return _found.Count switch
        {
            1 => _found.First().Key,
            0 => throw new PatchFormatException(
                PatchConflictCode.Malformed,
                1,
                "The form of the patch cannot be told. None of these is in it: a diff ('diff --git', or '---' and '+++'), '*** Begin Patch', '<<<<<<< SEARCH', whole files in fences after their names, "
                + "or JSON with 'files' (a patch set), 'operation' (AIPatch), 'old_str' (str_replace), 'changes', 'documentChanges' or 'textDocument' (LSP). Name the form when it is one of them.",
                1),
            _ => throw Ambiguous(text),
        };
    }

    /// <summary>Looks at a line that stands in no block.</summary>
    /// <returns>The last line of the block that it opens; itself when it opens none.</returns>
    private int Look(ReplyText text, int line, out PatchFormat? format)
    {
        format = null;
        var raw = text.Raw(line);
        var trimmed = text.Trimmed(line);
        if (trimmed.IsEmpty)
        {
            return line;
        }

        if (BlockMarker.IsSearch(trimmed))
        {
            format = PatchFormat.SearchReplace;
            _found.TryAdd(PatchFormat.SearchReplace, line);
            return Skip(text, line, static marker => BlockMarker.IsReplace(marker.Trim(" \t\r"u8)));
        }

        if (EnvelopeLine.Is(trimmed, EnvelopeLine.Begin))
        {
            format = PatchFormat.ApplyPatch;
            _found.TryAdd(PatchFormat.ApplyPatch, line);
            return Skip(text, line, static marker => EnvelopeLine.Is(marker.TrimEnd(" \t\r"u8), EnvelopeLine.End));
        }

        if (raw.StartsWith("diff --git "u8) || StartsPlainDiff(text.Bytes.Span[text.Start(line)..]))
        {
            format = PatchFormat.UnifiedDiff;
            _found.TryAdd(PatchFormat.UnifiedDiff, line);
            return SkipDiff(text, line);
        }

        if (trimmed[0] is (byte)'{' or (byte)'[' && JsonReply.StartsJson(text.Bytes.Span[text.Start(line)..]))
        {
            format = LookAtJson(text, line);
        }

        return line;
    }

    /// <summary>JSON in prose counts when it is of a form that stands in prose; JSON that is all of the text counts always.</summary>
    private PatchFormat? LookAtJson(ReplyText text, int line)
    {
        // What stands within an object was looked at with it.
        if (text.Start(line) < _jsonEnd || _found.ContainsKey(PatchFormat.PatchSet) || _found.ContainsKey(PatchFormat.LspEdit))
        {
            return null;
        }

        PatchFormat? last = null;
        var isFirst = text.Bytes.Span[..text.Start(line)].Trim(" \t\r\n"u8).IsEmpty;
        var formats = JsonShape.Read(text.Bytes.Span[text.Start(line)..], out var length);
        _jsonEnd = text.Start(line) + length;
        foreach (var format in formats)
        {
            if (isFirst || format is PatchFormat.AIPatch or PatchFormat.StrReplace)
            {
                _found.TryAdd(format, line);
                last = format;
            }
        }

        return last;
    }

    private void LookAtFence(ReplyText text, int line)
    {
        if (line > _fenceEnd && WholeFileParser.NamedBlock(text, line) is { } end)
        {
            (_fence, _fenceEnd) = (line, end);
        }
    }

    private static bool StartsPlainDiff(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("--- "u8))
        {
            return false;
        }

        var end = text.IndexOf((byte)'\n');
        return end > 0 && text[(end + 1)..].StartsWith("+++ "u8);
    }

    private static int Skip(ReplyText text, int line, MarkerTest isEnd)
    {
        var end = line + 1;
        while (end < text.Count && !isEnd(text.Raw(end)))
        {
            end++;
        }

        return Math.Min(end, text.Count - 1);
    }

    /// <summary>Headers and hunks: in them no line is a mark of another form, since every one begins with its own sign.</summary>
    private static int SkipDiff(ReplyText text, int line)
    {
        while (line + 1 < text.Count && text.Raw(line + 1) is var next && !next.IsEmpty
            && (next[0] is (byte)' ' or (byte)'+' or (byte)'-' or (byte)'\\' || next.StartsWith("@@"u8) || next.StartsWith("index "u8)))
        {
            line++;
        }

        return line;
    }

    private PatchFormatException Ambiguous(ReplyText text)
    {
        var places = string.Join(", ", _found.Select(static found => $"{found.Key} (line {found.Value + 1})"));
        return text.Error(_found.Values.Max(), $"The form of the patch cannot be told, since several are in it: {places}. Name the form, or send the forms apart.");
    }

    private delegate bool MarkerTest(ReadOnlySpan<byte> line);
}
