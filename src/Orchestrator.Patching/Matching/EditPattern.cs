namespace Orchestrator.Patching;

/// <summary>What an edit expects, cut into lines, and where it may stand.</summary>
internal sealed class EditPattern : IDisposable
{
    private TextLines? _new;

    public EditPattern(PatchEdit edit, TextLines file)
    {
        Edit = edit;
        var old = edit.Old.Bytes;
        BeginsWithMark = file.Mark > 0 && old.Span.StartsWith("\uFEFF"u8);
        Lines = new TextLines(BeginsWithMark ? old[3..] : old, allowsReturns: file.IsClassic);
        IsOpen = !Lines.HasFinalEnd;
        IsInline = edit.IsText ? edit.IsInline || IsOpen : edit.Line is null;
        KeepsLineEnds = edit.IsText || SameEnds(edit);
    }

    public PatchEdit Edit { get; }

    public TextLines Lines { get; }

    /// <summary>Whether its last line has no end.</summary>
    public bool IsOpen { get; }

    /// <summary>Whether it may begin and end within lines.</summary>
    public bool IsInline { get; }

    /// <summary>Whether it begins with the file's byte-order mark.</summary>
    public bool BeginsWithMark { get; }

    /// <summary>Whether it does not mean to change how lines end, so that other line ends may be taken for the same.</summary>
    public bool KeepsLineEnds { get; }

    /// <summary>The replacement in lines.</summary>
    public TextLines New => _new ??= new TextLines(Edit.New.Bytes);

    /// <summary>How many lines at its begin are context.</summary>
    public int LeadingContext
    {
        get
        {
            var count = 0;
            while (count < Math.Min(Lines.Count, New.Count) && Lines.Content(count).SequenceEqual(New.Content(count)))
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>The place of the pattern when its lines are those from here on and the edit allows it; <see langword="null"/> otherwise.</summary>
    public MatchPlace? Place(TextLines file, int line, MatchTier tier)
    {
        var last = line + Lines.Count;
        if (last > file.Count || (Edit.AtStart && line != 0) || (BeginsWithMark && line != 0))
        {
            return null;
        }

        var start = BeginsWithMark ? 0 : file.Start(line);
        var end = IsOpen ? file.ContentEnd(last - 1) : file.Start(last);
        var isExact = file.Span[start..end].SequenceEqual(Edit.Old.Bytes.Span);
        var isWholeText = Edit.IsText && !IsInline;
        if ((Edit.AtEnd && (isWholeText ? last != file.Count : end != file.Bytes.Length)) || (tier <= MatchTier.Moved && !isExact))
        {
            return null;
        }

        // Only lines of text leave it to the file whether its last line has an end.
        if (!isWholeText && !IsOpen && last == file.Count && !file.HasFinalEnd)
        {
            return null;
        }

        if (tier != MatchTier.Indentation)
        {
            return new MatchPlace(line, start, end);
        }

        return IndentShift.Between(Lines, file, line) is { } shift && shift.CanShift(New) ? new MatchPlace(line, start, end, shift) : null;
    }

    public void Dispose()
    {
        Lines.Dispose();
        _new?.Dispose();
    }

    private static bool SameEnds(PatchEdit edit)
    {
        var old = edit.Old.Bytes.Span;
        var now = edit.New.Bytes.Span;
        return old.IsEmpty || now.IsEmpty || HasReturn(old) == HasReturn(now);
    }

    private static bool HasReturn(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n"u8) >= 0;
}
