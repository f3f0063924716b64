using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>The kinds of records in a journal. A record is: length of the payload (4 bytes), kind (1), payload, CRC-32C of kind and payload (4); little endian.</summary>
internal enum JournalRecordKind : byte
{
    /// <summary>Who and when; the digest of the patch set.</summary>
    Header = 1,

    /// <summary>What becomes of one path, with the bytes before and after.</summary>
    Change = 2,

    /// <summary>A directory that will be made.</summary>
    NewDirectory = 3,

    /// <summary>A directory that may be removed.</summary>
    EmptiedDirectory = 4,

    /// <summary>What to report, as JSON.</summary>
    Report = 5,

    /// <summary>All of the above is there, with its digest: writing to the tree may begin.</summary>
    Prepared = 6,

    /// <summary>The tree is as the patch wants it.</summary>
    Committed = 7,

    /// <summary>The tree is as it was, but for the conflicts that the report in it names.</summary>
    RolledBack = 8,

    /// <summary>Taking back begins; names the changes that are taken back.</summary>
    Reverting = 9,

    /// <summary>Taken back.</summary>
    Reverted = 10,
}

/// <summary>Reads and writes the frame of journal records.</summary>
internal static class JournalFormat
{
    public const int Overhead = 9;

    public static ReadOnlySpan<byte> Magic => "ORCHPJ1\n"u8;

    /// <summary>Appends a record whose payload is written in place.</summary>
    public static void Append(MemoryStream all, JournalRecordKind kind, Action<BinaryWriter> write)
    {
        var start = (int)all.Position;
        all.Write([0, 0, 0, 0, (byte)kind]);
        using (var writer = new BinaryWriter(all, Encoding.UTF8, leaveOpen: true))
        {
            write(writer);
        }

        var length = (int)all.Position - start - 5;
        BinaryPrimitives.WriteInt32LittleEndian(all.GetBuffer().AsSpan(start), length);
        Span<byte> crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc(all.GetBuffer().AsSpan(start + 4, length + 1)));
        all.Write(crc);
    }

    /// <summary>A digest over what frames the records: their kinds, lengths and checksums, and so over all of them.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> records)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (records.Length >= Overhead)
        {
            var end = BinaryPrimitives.ReadInt32LittleEndian(records) + Overhead;
            hash.AppendData(records[..5]);
            hash.AppendData(records[(end - 4)..end]);
            records = records[end..];
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Reads the record at the start.</summary>
    /// <returns>How many bytes it takes; 0 when it is cut off, -1 when it is damaged.</returns>
    public static int Read(ReadOnlyMemory<byte> bytes, out JournalRecordKind kind, out ReadOnlyMemory<byte> payload)
    {
        kind = default;
        payload = default;
        if (bytes.Length < Overhead || bytes.Span.IndexOfAnyExcept((byte)0) < 0)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (length < 0)
        {
            return -1;
        }

        if (length > bytes.Length - Overhead)
        {
            return 0;
        }

        var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[(5 + length)..]);
        if (crc != Crc(bytes.Span.Slice(4, length + 1)))
        {
            return bytes.Length == length + Overhead ? 0 : -1;
        }

        kind = (JournalRecordKind)bytes.Span[4];
        payload = bytes.Slice(5, length);
        return length + Overhead;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
