using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Orchestrator.Patching;

/// <summary>Where the lines of a text begin. A line ends at a line feed, or at another byte that the caller names.</summary>
/// <remarks>The array is rented: disposing gives it back, and the index must not be used any more. Not disposing is allowed and merely leaves it to the collector.</remarks>
internal sealed class LineIndex : IDisposable
{
    private int[] _starts;

    public LineIndex(ReadOnlySpan<byte> bytes, byte end = (byte)'\n')
    {
        var ends = bytes.Count(end);
        Count = bytes.IsEmpty || bytes[^1] == end ? ends : ends + 1;
        _starts = ArrayPool<int>.Shared.Rent(Count + 1);
        Fill(bytes, end, _starts);
        _starts[Count] = bytes.Length;
    }

    /// <summary>How many lines there are.</summary>
    public int Count { get; }

    /// <summary>Where a line begins, counted from 1; one past the last is the end of the file. -1 for lines that are not there.</summary>
    public int Start(int line) => line >= 1 && line <= Count + 1 ? _starts[line - 1] : -1;

    /// <summary>The line that holds a byte; of the end of the file, the one past the last.</summary>
    public int LineAt(int offset)
    {
        var found = Array.BinarySearch(_starts, 0, Count + 1, offset);
        return found >= 0 ? found + 1 : ~found;
    }

    public bool IsLineStart(int offset) => Array.BinarySearch(_starts, 0, Count + 1, offset) >= 0;

    public void Dispose()
    {
        if (_starts.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_starts);
            _starts = [];
        }
    }

    private static void Fill(ReadOnlySpan<byte> bytes, byte end, int[] starts)
    {
        var count = 0;
        starts[count++] = 0;
        var at = 0;
        var sought = Vector256.Create(end);
        for (; at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var found = Vector256.Equals(Vector256.Create(bytes.Slice(at, Vector256<byte>.Count)), sought).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1)
            {
                starts[count++] = at + BitOperations.TrailingZeroCount(found) + 1;
            }
        }

        for (; at < bytes.Length; at++)
        {
            if (bytes[at] == end)
            {
                starts[count++] = at + 1;
            }
        }
    }
}
