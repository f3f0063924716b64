using System.Buffers;
using System.Buffers.Binary;

namespace Orchestrator.Routing.Recording;

/// <summary>Writes the numbers of a frame.</summary>
internal readonly struct FrameWriter(IBufferWriter<byte> buffer)
{
    public void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public void Number(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }

    /// <summary>At most 16 numbers: one bit for each that is not 0, then those that are not.</summary>
    public void Sparse(ReadOnlySpan<long> values)
    {
        ushort present = 0;
        for (var i = 0; i < values.Length; i++)
        {
            present |= (ushort)(values[i] != 0 ? 1 << i : 0);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(sizeof(ushort)), present);
        buffer.Advance(sizeof(ushort));
        foreach (var value in values)
        {
            if (value != 0)
            {
                Number(value);
            }
        }
    }
}
