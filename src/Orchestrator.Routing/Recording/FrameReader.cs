using System.Buffers.Binary;

namespace Orchestrator.Routing.Recording;

/// <summary>Reads the numbers of a frame.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public byte Byte() => Take(1)[0];

    public long Number() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>A number of items; no more than there are bytes left, so that a damaged record cannot ask for all memory.</summary>
    public int Count(int maxItems)
    {
        var count = Number();
        return count >= 0 && count <= Math.Min(maxItems, _left.Length) ? (int)count : throw Damaged();
    }

    public void Sparse(scoped Span<long> values)
    {
        var present = BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (present & (1 << i)) != 0 ? Number() : 0;
        }
    }

    private static FormatException Damaged() => new("The recorded state is damaged.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_left.Length < count)
        {
            throw Damaged();
        }

        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
