using System.Text;

namespace Orchestrator.Patching;

/// <summary>Walks over the lines of a patch without copying them.</summary>
internal sealed class PatchLines
{
    private readonly ReadOnlyMemory<byte> _patch;
    private readonly int _maxLine;
    private int _next;

    public PatchLines(ReadOnlyMemory<byte> patch, int maxLine)
    {
        _patch = patch;
        _maxLine = maxLine;
        MoveNext();
    }

    /// <summary>The number of the current line, counted from 1.</summary>
    public int Number { get; private set; }

    public bool AtEnd { get; private set; }

    /// <summary>The current line without its line feed.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>The current line without line feed and carriage return, for headers.</summary>
    public ReadOnlySpan<byte> Header => Current.Span.TrimEnd((byte)'\r');

    /// <summary>The line after the current one, as a header; empty at the end.</summary>
    public ReadOnlySpan<byte> PeekHeader => Slice(_next, out _).TrimEnd((byte)'\r');

    public void MoveNext()
    {
        Number++;
        if (_next >= _patch.Length)
        {
            AtEnd = true;
            Current = default;
            return;
        }

        var start = _next;
        var line = Slice(start, out _next);
        if (line.Length > _maxLine)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, Number, $"The line has {line.Length} bytes; the limit is {_maxLine}.");
        }

        Current = _patch.Slice(start, line.Length);
    }

    public bool HeaderStarts(ReadOnlySpan<byte> prefix) => !AtEnd && Current.Span.StartsWith(prefix);

    public PatchFormatException Malformed(string message) => new(PatchConflictCode.Malformed, Number, message);

    /// <summary>A header's text; paths must be UTF-8.</summary>
    public string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return GitPath.StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new PatchFormatException(PatchConflictCode.PathRefused, Number, "The path is not UTF-8.");
        }
    }

    private ReadOnlySpan<byte> Slice(int start, out int next)
    {
        var rest = _patch.Span[start..];
        var end = rest.IndexOf((byte)'\n');
        next = end < 0 ? _patch.Length : start + end + 1;
        return end < 0 ? rest : rest[..end];
    }
}
