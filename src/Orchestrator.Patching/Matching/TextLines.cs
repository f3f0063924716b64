namespace Orchestrator.Patching;

/// <summary>A text cut into lines, counted from 0 here. The byte-order mark belongs to no line.</summary>
/// <remarks>Lines end at a line feed, with the carriage return before it if there is one. A carriage return alone ends a line only in a text without any line feed.</remarks>
internal sealed class TextLines : IDisposable
{
    private readonly LineIndex _index;
    private readonly byte _end;

    /// <summary>Cuts a text.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="hasMark">Whether a byte-order mark at the begin is left out of the first line.</param>
    /// <param name="allowsReturns">Whether carriage returns end lines where there is no line feed.</param>
    public TextLines(ReadOnlyMemory<byte> bytes, bool hasMark = false, bool allowsReturns = true)
    {
        Bytes = bytes;
        var span = bytes.Span;
        IsClassic = allowsReturns && !span.Contains((byte)'\n') && span.Contains((byte)'\r');
        _end = IsClassic ? (byte)'\r' : (byte)'\n';
        _index = new LineIndex(span, _end);
        Mark = hasMark && span.StartsWith("\uFEFF"u8) ? 3 : 0;
        HasFinalEnd = span.Length > Mark && span[^1] == _end;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>The length of the byte-order mark; 0 for none.</summary>
    public int Mark { get; }

    /// <summary>Whether lines end at carriage returns.</summary>
    public bool IsClassic { get; }

    /// <summary>Whether the last line has an end.</summary>
    public bool HasFinalEnd { get; }

    public int Count => _index.Count == 1 && Mark == Bytes.Length ? 0 : _index.Count;

    /// <summary>Where a line begins; of the line behind the last, the end.</summary>
    public int Start(int line) => line == 0 ? Mark : line >= Count ? Bytes.Length : _index.Start(line + 1);

    /// <summary>Where a line's content ends.</summary>
    public int ContentEnd(int line)
    {
        var span = Span;
        var (start, end) = (Start(line), Start(line + 1));
        if (end > start && span[end - 1] == _end)
        {
            end--;
            if (!IsClassic && end > start && span[end - 1] == '\r')
            {
                end--;
            }
        }

        return end;
    }

    /// <summary>A line with its end.</summary>
    public ReadOnlySpan<byte> Line(int line) => Span[Start(line)..Start(line + 1)];

    /// <summary>A line without its end.</summary>
    public ReadOnlySpan<byte> Content(int line) => Span[Start(line)..ContentEnd(line)];

    /// <summary>How a line ends; empty for the last line of a text that just stops.</summary>
    public ReadOnlySpan<byte> End(int line) => Span[ContentEnd(line)..Start(line + 1)];

    /// <summary>What counts of a line.</summary>
    public ReadOnlySpan<byte> Form(int line, LineForm form) => form switch
    {
        LineForm.Content => Content(line),
        LineForm.TrimmedEnd => Content(line).TrimEnd(" \t"u8),
        LineForm.Trimmed => Content(line).Trim(" \t"u8),
        _ => PunctuationFold.Fold(Content(line)).TrimEnd(" \t"u8),
    };

    /// <summary>The line, counted from 0, that holds a byte; <see cref="Count"/> for the end of a text whose last line has an end.</summary>
    public int LineAt(int offset) => offset <= Mark ? 0 : Math.Min(_index.LineAt(offset) - 1, Count);

    public bool IsLineStart(int offset) => offset == Mark || (offset > Mark && _index.IsLineStart(offset));

    public void Dispose() => _index.Dispose();
}
