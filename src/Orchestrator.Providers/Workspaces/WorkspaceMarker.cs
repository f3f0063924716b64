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
    private const string Extension = ".lock";
    private const string Words = "orchestrator workspace ";
    private const string Ended = "ended";
    private const int MaxLength = 512;
    private const int MaxTries = 100;

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

    /// <summary>The markers of a directory, in use or not.</summary>
    public static IReadOnlyList<string> FilesIn(string root) => System.IO.Directory.Exists(root) ? System.IO.Directory.GetFiles(root, "*" + Extension) : [];

    /// <summary>Makes the marker of a workspace that is about to be made; <see langword="null"/> when there is one already.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static WorkspaceMarker? TryCreate(string directory)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        var path = directory + Extension;

        // Somebody who looks for leftovers may hold or remove the new file in the instant before it is locked: then once more.
        for (var tries = 0; tries < MaxTries && !Path.Exists(directory); tries++)
        {
            if (TryOpen(path, FileMode.OpenOrCreate) is not { } file)
            {
                continue;
            }

            if (!File.Exists(path))
            {
                file.Dispose();
                continue;
            }

            return Sign(file, directory);
        }

        return null;
    }

    /// <summary>Takes a marker that nobody holds; <see langword="null"/> when somebody does, or when it is not one of ours.</summary>
    public static WorkspaceMarker? TryTake(string path)
    {
        var directory = path[..^Extension.Length];
        if (!Identifiers.IsName(Path.GetFileName(directory)) || TryOpen(path, FileMode.Open) is not { } file)
        {
            return null;
        }

        var lines = Read(file).Split('\n');
        if (lines[0] == Words + Path.GetFileName(directory) && File.Exists(path))
        {
            return new WorkspaceMarker(file, directory, lines.Contains(Ended));
        }

        file.Dispose();
        return null;
    }

    /// <summary>The workspace is gone.</summary>
    public void Remove() => Remove(_file);

    /// <summary>The workspace could not be removed: others may try.</summary>
    public void Leave()
    {
        if (!HasEnded)
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write(Encoding.UTF8.GetBytes(Ended + "\n"));
        }

        _file.Dispose();
    }

    /// <summary>Lets go of it and changes nothing.</summary>
    public void Dispose() => _file.Dispose();

    private static WorkspaceMarker Sign(FileStream file, string directory)
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

    private static string Read(FileStream file)
    {
        var bytes = new byte[MaxLength];
        return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    private static FileStream? TryOpen(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception error) when ((error is IOException && error.GetType() == typeof(IOException)) || (error is FileNotFoundException or UnauthorizedAccessException && mode == FileMode.Open))
        {
            return null; // Somebody has it, it has just gone, or it is not ours to open.
        }
    }
}
