using System.Text;

namespace Orchestrator.Patching;

/// <summary>A text that came in, by lines counted from 0, for parsers that look ahead and back. Nothing is copied.</summary>
internal sealed class ReplyText
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly List<int> _starts = [];

    public ReplyText(ReadOnlyMemory<byte> bytes, int maxLine)
    {
        _bytes = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        var span = _bytes.Span;
        for (var at = 0; at < span.Length;)
        {
            _starts.Add(at);
            var end = span[at..].IndexOf((byte)'\n');
            var next = end < 0 ? span.Length : at + end + 1;
            if (next - at - 1 > maxLine)
            {
                throw new PatchFormatException(PatchConflictCode.TooLarge, _starts.Count, $"The line has {next - at} bytes; the limit is {maxLine}.");
            }

            at = next;
        }

        Count = _starts.Count;
        _starts.Add(span.Length);
    }

    /// <summary>How many lines there are.</summary>
    public int Count { get; }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Where a line begins; of the line behind the last, the length.</summary>
    public int Start(int line) => _starts[Math.Min(line, Count)];

    /// <summary>A line without its line feed.</summary>
    public ReadOnlySpan<byte> Raw(int line)
    {
        var span = _bytes.Span[_starts[line].._starts[line + 1]];
        return span.EndsWith("\n"u8) ? span[..^1] : span;
    }

    /// <summary>A line without spaces, tabs and carriage returns around it; empty behind the end.</summary>
    public ReadOnlySpan<byte> Trimmed(int line) => line < Count ? Raw(line).Trim(" \t\r"u8) : default;

    /// <summary>Whether a line came with a carriage return before its line feed, so that the whole text was carried with such line ends.</summary>
    public bool HasCarriageReturn(int line) => line < Count && Raw(line).EndsWith("\r"u8);

    /// <summary>A line as text.</summary>
    public string Text(int line) => Text(line, Raw(line), 0);

    /// <summary>A part of a line as text.</summary>
    public string Text(int line, ReadOnlySpan<byte> part, int byteColumn)
    {
        try
        {
            return GitPath.StrictUtf8.GetString(part);
        }
        catch (DecoderFallbackException)
        {
            throw Error(line, "The line is not UTF-8.", byteColumn);
        }
    }

    /// <summary>Whole lines with their ends, or with line feeds only.</summary>
    /// <param name="from">The first line.</param>
    /// <param name="to">The line behind the last.</param>
    /// <param name="withoutCarriageReturns">Whether the carriage returns before the line feeds belong to how the text was carried.</param>
    public PatchContent Lines(int from, int to, bool withoutCarriageReturns)
    {
        var slice = _bytes[Start(from)..Start(to)];
        if (from >= to || (!withoutCarriageReturns && slice.Span.EndsWith("\n"u8)))
        {
            return new PatchContent(slice);
        }

        var block = new LineBlock();
        for (var line = from; line < to; line++)
        {
            block.Add(Raw(line), withoutCarriageReturns);
        }

        return block.ToContent();
    }

    public PatchFormatException Error(int line, string message, int byteColumn = 0, PatchConflictCode code = PatchConflictCode.Malformed)
    {
        var start = Start(line);
        var column = Encoding.UTF8.GetCharCount(_bytes.Span[start..Math.Min(start + byteColumn, _bytes.Length)]) + 1;
        return new PatchFormatException(code, line + 1, message, column);
    }

    /// <summary>An error at a byte.</summary>
    public PatchFormatException ErrorAt(int offset, string message, PatchConflictCode code = PatchConflictCode.Malformed)
    {
        var line = LineAt(offset);
        return Error(line, message, offset - Start(line), code);
    }

    /// <summary>The line, counted from 0, that holds a byte.</summary>
    public int LineAt(int offset)
    {
        var found = _starts.BinarySearch(0, Count, offset, null);
        return Math.Max(0, found >= 0 ? found : ~found - 1);
    }
}
