namespace Orchestrator.Providers.Workspaces;

/// <summary>Makes and takes the markers of workspaces, and proves for each that its lock holds: without locks, what is in use would look like what a crash left.</summary>
/// <param name="time">The clock of the pauses between two tries.</param>
/// <param name="share">What others may do with a marker that is held: nothing. Tests say otherwise, as a file system without locks does.</param>
internal sealed class WorkspaceMarkers(TimeProvider time, FileShare share = FileShare.None)
{
    private const int MaxTries = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The markers of a directory, in use or not.</summary>
    public static IReadOnlyList<string> FilesIn(string root) => Directory.Exists(root) ? Directory.GetFiles(root, "*" + WorkspaceMarker.Extension) : [];

    /// <summary>Makes the marker of a workspace that is about to be made; <see langword="null"/> when there is one already.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="WorkspaceException">Files cannot be locked there.</exception>
    public async ValueTask<WorkspaceMarker?> TryCreateAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        var path = directory + WorkspaceMarker.Extension;

        // Somebody who looks for leftovers may hold or remove the new file in the instant before it is locked: then once more.
        for (var tries = 0; tries < MaxTries && !Path.Exists(directory); tries++)
        {
            if (tries > 0)
            {
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }

            if (TryOpen(path, FileMode.OpenOrCreate) is not { } file)
            {
                continue;
            }

            if (!File.Exists(path))
            {
                file.Dispose();
                continue;
            }

            return Prove(WorkspaceMarker.Sign(file, directory));
        }

        return null;
    }

    /// <summary>Takes a marker that nobody holds; <see langword="null"/> when somebody does, or when it is not one of ours.</summary>
    /// <exception cref="WorkspaceException">Files cannot be locked there: whether somebody holds it cannot be told.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public WorkspaceMarker? TryTake(string path)
    {
        if (!WorkspaceMarker.IsName(path) || TryOpen(path, FileMode.Open) is not { } file)
        {
            return null;
        }

        try
        {
            if (WorkspaceMarker.TryRead(file, path) is { } marker && File.Exists(path))
            {
                RequireLock(path);
                return marker;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    private WorkspaceMarker Prove(WorkspaceMarker marker)
    {
        try
        {
            RequireLock(marker.Directory + WorkspaceMarker.Extension);
            return marker;
        }
        catch
        {
            marker.Remove();
            throw;
        }
    }

    /// <summary>A file that is held must not open once more.</summary>
    private void RequireLock(string path)
    {
        if (TryOpen(path, FileMode.Open) is { } second)
        {
            second.Dispose();
            throw new WorkspaceException(
                "workspace.no_locks",
                $"Files in {Path.GetDirectoryName(path)} cannot be locked, so nobody could tell which workspaces are in use. Choose a directory on a local disk, and leave DOTNET_SYSTEM_IO_DISABLEFILELOCKING unset.");
        }
    }

    private FileStream? TryOpen(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, share, bufferSize: 0);
        }
        catch (Exception error) when (
            (error is IOException && error.GetType() == typeof(IOException))
            || (mode == FileMode.Open && error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException))
        {
            return null; // Somebody has it, it has just gone, or it is not ours to open.
        }
    }
}
