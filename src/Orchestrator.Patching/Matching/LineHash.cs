using System.Buffers.Binary;
using System.Numerics;

namespace Orchestrator.Patching;

/// <summary>A fast 64-bit hash of short byte strings. Equal hashes only suggest equality: the bytes are always compared.</summary>
internal static class LineHash
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length * First;
        while (bytes.Length >= 8)
        {
            hash = (BitOperations.RotateLeft(hash, 23) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Second;
            bytes = bytes[8..];
        }

        ulong rest = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            rest = (rest << 8) | bytes[i];
        }

        hash = (BitOperations.RotateLeft(hash, 23) ^ rest) * Second;
        hash ^= hash >> 32;
        return (hash * First) ^ (hash >> 29);
    }
}
