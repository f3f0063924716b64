using System.Text;

namespace Orchestrator.Providers.Workspaces;

/// <summary>
/// The file beside a workspace that says that the directory is ours. The operating system keeps it locked for as long as a process uses the workspace, however that
/// process ends, so that others can tell what is in use from what a crash left, whatever database they know.
/// </summary>
/// <remarks>
/// It lies outside everything that a provider may write to, is made before the directory and removed after it: a crash at any instant leaves the file. No execution's
/// id ends like its name. Used by one thread at a time.
/// </remarks>
internal sealed class WorkspaceMarker : IDisposable
{
    /// <summary>What its name ends in.</summary>
    public const string Extension = ".lock";

    private const string Words = "orchestrator workspace ";
    private const string Ended = "ended";
    private const int MaxLength = 512;

    private readonly FileStream _file;

    private WorkspaceMarker(FileStream file, string directory, bool hasEnded)
    {
        _file = file;
        Directory = directory;
        HasEnded = hasEnded;
    }

    /// <summary>The workspace's directory.</summary>
    public string Directory { get; }

    /// <summary>The execution.</summary>
    public string Id => Path.GetFileName(Directory);

    /// <summary>Whether only the removal failed: the processes of the execution have ended, and its id may be used by what came after.</summary>
    public bool HasEnded { get; }

    /// <summary>Whether a file is named like the marker of an execution.</summary>
    public static bool IsName(string path) => Identifiers.IsName(Path.GetFileNameWithoutExtension(path));

    /// <summary>Writes the marker into a file that is held.</summary>
    /// <exception cref="IOException">The file cannot be written; it is gone then.</exception>
    public static WorkspaceMarker Sign(FileStream file, string directory)
    {
        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(Words + Path.GetFileName(directory) + "\n"));
            file.Flush(flushToDisk: true);
            return new WorkspaceMarker(file, directory, hasEnded: false);
        }
        catch
        {
            Remove(file);
            throw;
        }
    }

    /// <summary>The marker in a file that is held; <see langword="null"/> when it is not one of ours.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WorkspaceMarker? TryRead(FileStream file, string path)
    {
        var directory = path[..^Extension.Length];
        var bytes = new byte[MaxLength];
        var lines = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Split('\n');
        return lines[0] == Words + Path.GetFileName(directory) ? new WorkspaceMarker(file, directory, lines.Contains(Ended)) : null;
    }

    /// <summary>The workspace is gone.</summary>
    public void Remove() => Remove(_file);

    /// <summary>The workspace could not be removed: others may try.</summary>
    public void Leave()
    {
        if (!HasEnded && _file.CanWrite)
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write(Encoding.UTF8.GetBytes(Ended + "\n"));
        }

        _file.Dispose();
    }

    /// <summary>Lets go of it and changes nothing.</summary>
    public void Dispose() => _file.Dispose();

    private static void Remove(FileStream file)
    {
        // Windows deletes only closed files; elsewhere the name goes first, so that nobody takes a file that is about to vanish.
        if (OperatingSystem.IsWindows())
        {
            file.Dispose();
        }

        // Somebody may have removed the whole directory meanwhile.
        if (File.Exists(file.Name))
        {
            File.Delete(file.Name);
        }

        file.Dispose();
    }
}
