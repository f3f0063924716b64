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

    /// <summary>
    /// Reads a log that others write. Appending does no harm: what is not whole at the end counts as not there. But when it begins anew meanwhile, what was
    /// read is the beginning of one log and the end of another, which no disk ever held.
    /// </summary>
    /// <returns>The log; <see langword="null"/> when it began anew meanwhile.</returns>
    public static SqliteWalFile? TryReadOne(string path)
    {
        var log = Read(path);
        return ReadSalt(path) == log.Salt ? log : null;
    }

    /// <summary>The salt of the file as it is now. It never comes back: half of it counts up.</summary>
    public static ulong ReadSalt(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[HeaderLength];
        return new SqliteWalFile(header[..stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false)]).Salt;
    }

    /// <summary>All bytes of a file that others may write.</summary>
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
