namespace Orchestrator.Patching;

/// <summary>
/// Reads the hunks of one file without copying them. The counts in a header are advice: the body goes on as long as lines can belong to it, and the counts decide only where a line could
/// be both the hunk's and what follows it.
/// </summary>
internal sealed class HunkReader(PatchLines lines, PatchBudget budget)
{
    private readonly List<PatchEdit> _edits = [];
    private int _oldLeft;
    private int _newLeft;
    private int _oldBytes;
    private int _newBytes;
    private int _leading;
    private int _trailing;
    private int _emptyLeft;
    private int _emptyUntil;
    private bool _changed;
    private bool _oldUnended;
    private bool _newUnended;
    private byte _lastKind;
    private bool _dropsReturns;

    /// <summary>Whether the only hunk of the last file says that nothing was there before.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads hunks as long as there are any.</summary>
    public ValueList<PatchEdit> Read()
    {
        _edits.Clear();
        IsWhole = false;
        while (!lines.AtEnd && HunkHeader.Begins(lines.Header))
        {
            budget.TakeEdits(lines.Number);
            _edits.Add(ReadHunk());
        }

        return _edits.ToValueList();
    }

    private PatchEdit ReadHunk()
    {
        var header = HunkHeader.Read(lines);
        Reset(header);
        lines.MoveNext();
        var from = lines.Start;
        var patch = lines.Patch.Span;
        while (!lines.AtEnd && TakeLine(patch))
        {
            lines.MoveNext(patch);
        }

        CheckEnd(header);
        if (!_changed)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "The hunk changes nothing.", 1);
        }

        var content = new HunkContent(lines.Patch[from..lines.Start], _oldBytes, _newBytes, _dropsReturns);
        var isExact = _oldLeft == 0 && _newLeft == 0;
        var hasContext = _leading + _trailing > 0;
        var start = header.OldStart;
        IsWhole = _edits.Count == 0 && start == 0 && _oldBytes == 0;
        return new PatchEdit
        {
            Old = content.Old,
            New = content.New,
            Line = start is { } line ? Math.Max(1, header.OldCount == 0 ? line + 1 : line) : null,

            // Only a header whose counts are right was written by a program, and tells by missing context that the file begins or ends here.
            AtStart = start == 0 || (start == 1 && hasContext && isExact),
            AtEnd = _oldUnended || (_leading > 0 && _trailing == 0 && isExact && start is not null) || (start == 0 && header.OldCount == 0 && _newUnended),
        };
    }

    private void Reset(HunkHeader header)
    {
        (_oldLeft, _newLeft) = (header.OldCount, header.NewCount);
        _oldBytes = _newBytes = _leading = _trailing = _emptyLeft = _emptyUntil = 0;
        _changed = _oldUnended = _newUnended = false;
        _lastKind = 0;

        // A program writes no carriage return behind a header: if there is one, every line got one on its way here.
        _dropsReturns = lines.EndsInReturn;
    }

    /// <summary>Takes the current line into the hunk, or finds that it is not a part of it.</summary>
    private bool TakeLine(ReadOnlySpan<byte> patch)
    {
        var length = lines.Length;
        var kind = length == 0 ? (byte)'\n' : patch[lines.Start];
        var size = length - (_dropsReturns && length > 0 && patch[lines.Start + length - 1] == '\r' ? 1 : 0);
        switch (kind)
        {
            case (byte)' ':
                TakeContext(size);
                return true;
            case (byte)'+':
                Added(ref _newBytes, ref _newLeft, _newUnended, size);
                (_changed, _trailing, _lastKind) = (true, 0, kind);
                return true;
            case (byte)'-':
                if (length > 1 && patch[lines.Start + 1] == '-' && IsEnd())
                {
                    return false;
                }

                Added(ref _oldBytes, ref _oldLeft, _oldUnended, size);
                (_changed, _trailing, _lastKind) = (true, 0, kind);
                return true;
            case (byte)'\\':
                TakeEndMarker();
                return true;
            case (byte)'\n':
            case (byte)'\r' when length == 1:
                if (!IsContextWithoutBlank())
                {
                    return false;
                }

                TakeContext(size + 1);
                return true;
            default:
                return false;
        }
    }

    private void TakeContext(int size)
    {
        Added(ref _oldBytes, ref _oldLeft, _oldUnended, size);
        Added(ref _newBytes, ref _newLeft, _newUnended, size);
        _leading += _changed ? 0 : 1;
        _trailing++;
        _lastKind = (byte)' ';
    }

    private void Added(ref int bytes, ref int left, bool isUnended, int size)
    {
        if (isUnended)
        {
            throw lines.Malformed("There are lines after the one that is said to have no newline at its end.");
        }

        bytes += size;
        left--;
    }

    private void TakeEndMarker()
    {
        if (!lines.HeaderStarts("\\ "u8) || _lastKind == 0)
        {
            throw lines.Malformed("A line that begins with '\\' must say that the file has no newline at its end, after the last line.");
        }

        if (_lastKind != '+')
        {
            (_oldUnended, _oldBytes) = (true, _oldBytes - 1);
        }

        if (_lastKind != '-')
        {
            (_newUnended, _newBytes) = (true, _newBytes - 1);
        }

        _lastKind = 0;
    }

    /// <summary>Editors strip the blank of an empty context line; an empty line behind a hunk looks the same.</summary>
    private bool IsContextWithoutBlank()
    {
        if (lines.Start >= _emptyUntil)
        {
            _emptyLeft = CountEmptyContext();
        }

        return _emptyLeft-- > 0;
    }

    /// <summary>All of a run of empty lines belongs to the hunk when more of the hunk follows; else as many as the counts name, if they name the same for both sides.</summary>
    private int CountEmptyContext()
    {
        var patch = lines.Patch.Span;
        var at = lines.Start;
        var count = 0;
        while (at < patch.Length && (patch[at] == '\n' || (patch[at] == '\r' && at + 1 < patch.Length && patch[at + 1] == '\n')))
        {
            at += patch[at] == '\n' ? 1 : 2;
            count++;
        }

        _emptyUntil = Math.Max(at, lines.Next);
        var line = LineAt(at);
        var newline = patch[at..].IndexOf((byte)'\n');
        var isFile = line.StartsWith("--- "u8) && newline >= 0 && patch[(at + newline + 1)..].StartsWith("+++ "u8);
        var isMore = DiffText.IsBodyLine(line) && !isFile && !(DiffText.IsSignature(line) && _oldLeft <= count);
        return isMore ? count : _oldLeft == _newLeft && _oldLeft > 0 && count >= _oldLeft ? _oldLeft : 0;
    }

    private ReadOnlySpan<byte> LineAt(int start)
    {
        var rest = lines.Patch.Span[start..];
        var newline = rest.IndexOf((byte)'\n');
        return (newline < 0 ? rest : rest[..newline]).TrimEnd((byte)'\r');
    }

    /// <summary>The line begins with <c>--</c>: it may be the names of the next file, or the signature of a mail, or a line that is removed.</summary>
    private bool IsEnd()
    {
        var line = lines.Header;
        var isCounted = _oldLeft > 0;
        if (line.StartsWith("--- "u8) && lines.Peek().StartsWith("+++ "u8))
        {
            return !isCounted || (HunkHeader.Begins(lines.Peek(2)) && (_oldLeft, _newLeft) != (1, 1));
        }

        if (!DiffText.IsSignature(line))
        {
            return false;
        }

        var after = lines.Peek();
        return isCounted ? !after.IsEmpty && !DiffText.IsBodyLine(after) && !DiffText.BeginsDiff(after) : !DiffText.IsBodyLine(after) && !HunkHeader.Begins(after);
    }

    /// <summary>Where the counts do not fit the body, what ends the hunk must be beyond doubt.</summary>
    private void CheckEnd(HunkHeader header)
    {
        if (header.OldStart is null || (_oldLeft == 0 && _newLeft == 0))
        {
            return;
        }

        if (lines.AtEnd)
        {
            // Whole hunks end with context, but for the last one of a file; a text that was cut off ends anywhere.
            if (_trailing == 0 && !_oldUnended && !_newUnended && (_oldLeft > 0 || _newLeft > 0))
            {
                throw new PatchFormatException(
                    PatchConflictCode.Malformed,
                    lines.Number - 1,
                    $"The patch seems to be cut off: the hunk of line {header.Line} announces more lines than there are, and no context ends it.",
                    lines.LastColumn);
            }

            return;
        }

        // Behind empty lines the same holds: a line that lost its first character there would be taken for prose.
        var line = lines.Header.IsEmpty ? LineAt(_emptyUntil) : lines.Header;
        if (!line.IsEmpty && !DiffText.BeginsDiff(line) && !DiffText.IsSignature(line) && !line.StartsWith("--- "u8) && !line.StartsWith("```"u8))
        {
            throw lines.Malformed($"The line cannot belong to the hunk of line {header.Line}, which is not complete here: a line of a hunk begins with ' ', '+', '-' or '\\'.");
        }
    }
}
