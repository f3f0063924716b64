namespace Orchestrator.Queue.Presence;

/// <summary>
/// Shows other processes of this machine that this one lives: a file <c>&lt;worker id&gt;.lock</c> that the operating system keeps locked
/// until the process ends, however it ends.
/// </summary>
/// <remarks>Thread-safe. Disposing, at a graceful end, removes the file.</remarks>
public sealed class WorkerPresence : IDisposable
{
    private const string Extension = ".lock";
    private const int MaxTries = 100;

    private readonly string? _directory;
    private readonly string _id;
    private readonly Lock _gate = new(); // guards _own
    private FileStream? _own;

    /// <summary>Prepares the presence of a worker.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="directory">Where the files are; <see langword="null"/> to show nothing and to see nobody.</param>
    public WorkerPresence(WorkerIdentity worker, string? directory)
    {
        ArgumentNullException.ThrowIfNull(worker);
        _id = worker.Id;
        _directory = directory is null ? null : Path.GetFullPath(directory);
    }

    /// <summary>Shows the worker from now on. To be called before it takes a lease; later calls do nothing.</summary>
    /// <exception cref="OrchestratorException">The directory or file cannot be made: code <c>queue.presence_unavailable</c>.</exception>
    public void Acquire()
    {
        lock (_gate)
        {
            if (_directory is null || _own is not null)
            {
                return;
            }

            try
            {
                Directory.CreateDirectory(_directory);
                _own = AcquireFile(Path.Combine(_directory, _id + Extension));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new OrchestratorException(
                    "queue.presence_unavailable", $"No lock file can be made in '{_directory}'. Give this user the right to write there, or choose another PresenceDirectory.", error);
            }
        }
    }

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_own is { } file)
            {
                _own = null;
                Remove(file);
            }
        }
    }

    /// <summary>The workers whose file nobody holds any more. Each is held by the caller until disposed, so that no two processes clean up after the same worker.</summary>
    internal IEnumerable<DeadWorker> FindDead()
    {
        if (_directory is null || !Directory.Exists(_directory))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (id != _id && Identifiers.IsName(id) && TryOpen(path, FileMode.Open) is { } file)
            {
                yield return new DeadWorker(id, file);
            }
        }
    }

    internal static void Remove(FileStream file)
    {
        // Windows deletes only closed files; elsewhere the name goes first, so that nobody locks a file that is about to vanish.
        if (OperatingSystem.IsWindows())
        {
            file.Dispose();
            File.Delete(file.Name);
        }
        else
        {
            File.Delete(file.Name);
            file.Dispose();
        }
    }

    // Another process may take the new file for a dead worker's in the instant before it is locked, and remove it: then make it again.
    private static FileStream AcquireFile(string path)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (TryOpen(path, FileMode.OpenOrCreate) is { } file)
            {
                if (File.Exists(path))
                {
                    return file;
                }

                file.Dispose();
            }
        }

        throw new IOException("The lock file is held by another process.");
    }

    private static FileStream? TryOpen(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException || (error is UnauthorizedAccessException && mode == FileMode.Open))
        {
            return null;
        }
    }
}
