using Orchestrator.Containers.Local.Processes;

namespace Orchestrator.Containers.Local.Logs;

/// <summary>A file that a program appends to, of which only the newest bytes stay on disk.</summary>
/// <remarks>
/// The oldest blocks are given back to the file system while the program goes on writing: positions stay what they are, so that a reader loses nothing that is still
/// there. On a file system that cannot, the file starts over.
/// </remarks>
internal static class LogFile
{
    private const int BlockBytes = 4096;

    /// <summary>Opens a log that others write.</summary>
    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Frees all but the newest half of what a log may hold, when it holds more.</summary>
    public static void Bound(string path, long maxBytes)
    {
        try
        {
            if (new FileInfo(path).Length <= maxBytes)
            {
                return;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var free = (file.Length - (maxBytes / 2)) / BlockBytes * BlockBytes;
            if (free > 0 && !NativeCalls.TryFreeStart(file.SafeFileHandle, free))
            {
                file.SetLength(0);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or held by its writer: the next time.
        }
    }

    /// <summary>Reads what a log holds from a position on, and moves the position to the end.</summary>
    /// <returns>At most the newest <paramref name="maxBytes"/>.</returns>
    public static byte[] Read(FileStream file, ref long position, long maxBytes)
    {
        var length = file.Length;
        position = Math.Max(length < position ? 0 : position, length - maxBytes); // A shorter one has started over.
        var bytes = new byte[length - position];
        var count = RandomAccess.Read(file.SafeFileHandle, bytes, position);
        position += count;
        return bytes[..count];
    }
}
