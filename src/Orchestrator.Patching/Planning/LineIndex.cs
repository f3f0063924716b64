namespace Orchestrator.Patching;

/// <summary>Where the lines of a file begin. A line ends at a line feed.</summary>
internal sealed class LineIndex
{
    private readonly int[] _starts;

    public LineIndex(ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Count((byte)'\n');
        var ended = bytes.IsEmpty || bytes[^1] == '\n';
        Count = ended ? count : count + 1;
        _starts = new int[Count + 1];
        var at = 0;
        for (var line = 0; line < Count; line++)
        {
            _starts[line] = at;
            var end = bytes[at..].IndexOf((byte)'\n');
            at = end < 0 ? bytes.Length : at + end + 1;
        }

        _starts[Count] = bytes.Length;
    }

    /// <summary>How many lines there are.</summary>
    public int Count { get; }

    /// <summary>Where a line begins, counted from 1; one past the last is the end of the file. -1 for lines that are not there.</summary>
    public int Start(int line) => line >= 1 && line <= Count + 1 ? _starts[line - 1] : -1;

    /// <summary>The line that holds a byte.</summary>
    public int LineAt(int offset)
    {
        var found = Array.BinarySearch(_starts, 0, Count, offset);
        return found >= 0 ? found + 1 : ~found;
    }

    public bool IsLineStart(int offset) => Array.BinarySearch(_starts, offset) >= 0;
}
