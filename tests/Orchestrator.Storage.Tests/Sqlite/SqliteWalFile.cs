using System.Buffers.Binary;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>The bytes of a write-ahead log, as far as a test must understand them to cut them.</summary>
internal sealed class SqliteWalFile(byte[] bytes)
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;

    /// <summary>Everything.</summary>
    public byte[] Bytes => bytes;

    /// <summary>What changes whenever the log begins anew; 0 for an empty one.</summary>
    public ulong Salt => bytes.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(16));

    /// <summary>Where the frames that were written since it began anew end; what is behind them is from before.</summary>
    public int End
    {
        get
        {
            if (bytes.Length < HeaderLength)
            {
                return bytes.Length;
            }

            var frame = FrameHeaderLength + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
            var end = HeaderLength;
            while (end + frame <= bytes.Length && BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(end + 8)) == Salt)
            {
                end += frame;
            }

            return end;
        }
    }

    public static SqliteWalFile Read(string path)
    {
        if (!File.Exists(path))
        {
            return new SqliteWalFile([]);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return new SqliteWalFile(copy.ToArray());
    }
}
