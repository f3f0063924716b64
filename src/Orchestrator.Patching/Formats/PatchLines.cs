using System.Text;

namespace Orchestrator.Patching;

/// <summary>Walks over the lines of a patch without copying them.</summary>
internal sealed class PatchLines
{
    private readonly int _maxLine;
    private NewlineScan _newlines;
    private int _end;

    public PatchLines(ReadOnlyMemory<byte> patch, int maxLine)
    {
        Patch = patch;
        _maxLine = maxLine;
        MoveNext();
    }

    public ReadOnlyMemory<byte> Patch { get; }

    /// <summary>The number of the current line, counted from 1.</summary>
    public int Number { get; private set; }

    public bool AtEnd { get; private set; }

    /// <summary>Where the current line begins; at the end, the length of the patch.</summary>
    public int Start { get; private set; }

    /// <summary>Where the line after the current one begins.</summary>
    public int Next { get; private set; }

    /// <summary>How many bytes the current line has without its line feed.</summary>
    public int Length => _end - Start;

    /// <summary>The column behind the last byte of the patch's last line, counted from 1.</summary>
    public int LastColumn
    {
        get
        {
            var patch = Patch.Span.TrimEnd("\r\n"u8);
            return patch.Length - (patch.LastIndexOf((byte)'\n') + 1) + 1;
        }
    }

    /// <summary>The current line without its line feed.</summary>
    public ReadOnlySpan<byte> Current => Patch.Span[Start.._end];

    /// <summary>The current line without line feed and carriage return, for headers.</summary>
    public ReadOnlySpan<byte> Header => Current.TrimEnd((byte)'\r');

    /// <summary>Whether the current line ends with a carriage return and a line feed.</summary>
    public bool EndsInReturn => Length > 0 && Current[^1] == '\r';

    public void MoveNext() => MoveNext(Patch.Span);

    /// <summary>For loops: the whole patch is given, so that it need not be opened for every line.</summary>
    public void MoveNext(ReadOnlySpan<byte> patch)
    {
        Number++;
        Start = Next;
        if (Next >= patch.Length)
        {
            AtEnd = true;
            _end = Next;
            return;
        }

        _end = _newlines.Next(patch);
        Next = Math.Min(_end + 1, patch.Length);
        if (_end - Start > _maxLine)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, Number, $"The line has {_end - Start} bytes; the limit is {_maxLine}.", 1);
        }
    }

    public bool HeaderStarts(ReadOnlySpan<byte> prefix) => !AtEnd && Current.StartsWith(prefix);

    /// <summary>A line behind the current one, as a header; empty at the end.</summary>
    /// <param name="distance">1 for the next line, 2 for the one after it.</param>
    public ReadOnlySpan<byte> Peek(int distance = 1)
    {
        var rest = Patch.Span[Next..];
        for (; distance > 1; distance--)
        {
            var skipped = rest.IndexOf((byte)'\n');
            rest = skipped < 0 ? default : rest[(skipped + 1)..];
        }

        var end = rest.IndexOf((byte)'\n');
        return (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
    }

    public PatchFormatException Malformed(string message, int column = 1) => new(PatchConflictCode.Malformed, Number, message, column);

    /// <summary>A header's text; paths must be UTF-8.</summary>
    public string Text(ReadOnlySpan<byte> bytes, int column = 1)
    {
        try
        {
            return GitPath.StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new PatchFormatException(PatchConflictCode.PathRefused, Number, "The path is not UTF-8.", column);
        }
    }
}
