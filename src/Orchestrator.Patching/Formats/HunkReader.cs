using System.Buffers;
using System.Buffers.Text;

namespace Orchestrator.Patching;

/// <summary>Reads the hunks of one file.</summary>
internal sealed class HunkReader(PatchLines lines, PatchBudget budget)
{
    private readonly ArrayBufferWriter<byte> _old = new();
    private readonly ArrayBufferWriter<byte> _new = new();
    private int _oldLeft;
    private int _newLeft;
    private int _leading;
    private int _trailing;
    private bool _changed;
    private bool _oldUnended;
    private bool _newUnended;
    private bool _lastOld;
    private bool _lastNew;

    /// <summary>Reads hunks as long as there are any.</summary>
    public ValueList<PatchEdit> Read()
    {
        var edits = new List<PatchEdit>();
        while (lines.HeaderStarts("@@ "u8))
        {
            budget.TakeEdits(lines.Number);
            edits.Add(ReadHunk());
        }

        if (edits.Count > 0)
        {
            RefuseLeftovers();
        }

        return edits.ToValueList();
    }

    private PatchEdit ReadHunk()
    {
        var headerLine = lines.Number;
        var text = lines.Header[3..];
        if (!TryReadRange(ref text, (byte)'-', out var oldStart, out _oldLeft)
            || !TryReadRange(ref text, (byte)'+', out _, out _newLeft)
            || !text.StartsWith("@@"u8))
        {
            throw lines.Malformed("The hunk does not begin with '@@ -line,count +line,count @@'.");
        }

        var oldCount = _oldLeft;
        Reset();
        lines.MoveNext();
        while (_oldLeft > 0 || _newLeft > 0)
        {
            ReadBodyLine(headerLine);
        }

        ReadEndMarker();
        if (!_changed)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, headerLine, "The hunk changes nothing.");
        }

        var hasContext = _leading + _trailing > 0;
        return new PatchEdit
        {
            Old = new PatchContent(_old.WrittenSpan.ToArray()),
            New = new PatchContent(_new.WrittenSpan.ToArray()),
            Line = Math.Max(1, oldCount == 0 ? oldStart + 1 : oldStart),
            AtStart = (oldStart <= 1 && hasContext) || oldStart == 0,
            AtEnd = _oldUnended || (_leading > 0 && _trailing == 0) || (oldStart == 0 && oldCount == 0 && _newUnended),
        };
    }

    private void ReadBodyLine(int headerLine)
    {
        if (lines.AtEnd)
        {
            throw lines.Malformed($"The hunk of line {headerLine} ends too early: {_oldLeft} old and {_newLeft} new lines are missing.");
        }

        var line = lines.Current.Span;
        var kind = line.IsEmpty || (line.Length == 1 && line[0] == '\r') ? (byte)' ' : line[0];
        var content = kind == ' ' && (line.IsEmpty || line[0] != ' ') ? line : line[1..];
        switch (kind)
        {
            case (byte)' ' when _oldLeft > 0 && _newLeft > 0:
                Add(_old, ref _oldLeft, content);
                Add(_new, ref _newLeft, content);
                _leading += _changed ? 0 : 1;
                _trailing++;
                _lastOld = _lastNew = true;
                break;
            case (byte)'-' when _oldLeft > 0:
                Add(_old, ref _oldLeft, content);
                Changed(old: true);
                break;
            case (byte)'+' when _newLeft > 0:
                Add(_new, ref _newLeft, content);
                Changed(old: false);
                break;
            case (byte)'\\':
                ReadEndMarker();
                return;
            default:
                throw lines.Malformed(
                    $"The hunk of line {headerLine} does not have the lines that it announces: {_oldLeft} old and {_newLeft} new lines are missing here.");
        }

        lines.MoveNext();
    }

    private void Changed(bool old)
    {
        _changed = true;
        _trailing = 0;
        _lastOld = old;
        _lastNew = !old;
    }

    private void ReadEndMarker()
    {
        if (!lines.HeaderStarts("\\"u8))
        {
            return;
        }

        if (!lines.HeaderStarts("\\ "u8) || (!_lastOld && !_lastNew))
        {
            throw lines.Malformed("A line that begins with '\\' must say that the file has no newline at its end, after the last line.");
        }

        if ((_lastOld && _oldLeft > 0) || (_lastNew && _newLeft > 0))
        {
            throw lines.Malformed("There are lines after the one that is said to have no newline at its end.");
        }

        Unend(_old, _lastOld, ref _oldUnended);
        Unend(_new, _lastNew, ref _newUnended);
        _lastOld = _lastNew = false;
        lines.MoveNext();
    }

    private static void Unend(ArrayBufferWriter<byte> side, bool applies, ref bool unended)
    {
        if (!applies)
        {
            return;
        }

        // The writer only grows: write all but the last byte again.
        var kept = side.WrittenSpan[..^1].ToArray();
        side.ResetWrittenCount();
        side.Write(kept);
        unended = true;
    }

    private static void Add(ArrayBufferWriter<byte> side, ref int left, ReadOnlySpan<byte> content)
    {
        side.Write(content);
        side.Write("\n"u8);
        left--;
    }

    private void Reset()
    {
        _old.ResetWrittenCount();
        _new.ResetWrittenCount();
        _leading = _trailing = 0;
        _changed = _oldUnended = _newUnended = _lastOld = _lastNew = false;
    }

    /// <summary>A line that looks like more of the hunk means that its header counts too few: applying it would lose the rest silently.</summary>
    private void RefuseLeftovers()
    {
        if (lines.AtEnd || lines.Header.IsEmpty || lines.Header.SequenceEqual("-- "u8) || lines.Header.SequenceEqual("--"u8))
        {
            return;
        }

        if (lines.HeaderStarts("--- "u8) && lines.PeekHeader.StartsWith("+++ "u8))
        {
            return;
        }

        if (lines.Header[0] is (byte)' ' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\\')
        {
            throw lines.Malformed("The hunk has more lines than its header announces.");
        }
    }

    private static bool TryReadRange(ref ReadOnlySpan<byte> text, byte sign, out int start, out int count)
    {
        start = 0;
        count = 1;
        if (text.IsEmpty || text[0] != sign || !TryReadNumber(text[1..], out start, out var used))
        {
            return false;
        }

        text = text[(1 + used)..];
        if (!text.IsEmpty && text[0] == ',')
        {
            if (!TryReadNumber(text[1..], out count, out used))
            {
                return false;
            }

            text = text[(1 + used)..];
        }

        if (text.IsEmpty || text[0] != ' ')
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out int number, out int used)
    {
        number = 0;
        used = 0;
        return !text.IsEmpty && char.IsAsciiDigit((char)text[0]) && Utf8Parser.TryParse(text, out number, out used) && number < int.MaxValue;
    }
}
