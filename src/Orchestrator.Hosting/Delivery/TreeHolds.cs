namespace Orchestrator.Hosting;

/// <summary>Lets one delivery at a time into a caller's tree, from before its patch is applied until it is verified or taken back, across all processes of the state directory.</summary>
/// <remarks>Else one task's restore would undo what another task applied meanwhile. The lock is the operating system's: it ends with the process. Thread-safe.</remarks>
internal sealed class TreeHolds(OrchestratorState state, TimeProvider time)
{
    private const string LockExtension = ".lock";
    private const string RecordExtension = ".json";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until nobody else holds the tree, and takes it.</summary>
    public async ValueTask<TreeHold> EnterAsync(string repository, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state.Trees);
        var path = PathOf(repository);
        while (true)
        {
            if (TryOpen(path) is { } hold)
            {
                return hold;
            }

            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether something was begun in a tree and not ended.</summary>
    public bool IsPending(string repository) => File.Exists(PathOf(repository) + RecordExtension);

    /// <summary>Takes a tree in which something was begun and that nobody holds; <see langword="null"/> for any other tree. Never waits.</summary>
    public TreeHold? TryEnterAbandoned(string repository) => IsPending(repository) ? TryOpen(PathOf(repository)) : null;

    /// <summary>The trees in which something was begun and that nobody holds. Each is held by the caller until disposed.</summary>
    public IEnumerable<TreeHold> FindAbandoned()
    {
        foreach (var record in Directory.Exists(state.Trees) ? Directory.GetFiles(state.Trees, "*" + RecordExtension) : [])
        {
            if (TryOpen(record[..^RecordExtension.Length]) is { } hold)
            {
                yield return hold;
            }
        }
    }

    private string PathOf(string repository)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(repository));
        var real = Directory.Exists(full) ? new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full : full;
        return Path.Combine(state.Trees, Digest.Of(real));
    }

    private static TreeHold? TryOpen(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path + LockExtension, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))
        {
            return null; // Somebody has it. A missing directory or the like is another type.
        }

        try
        {
            return new TreeHold(file, path + RecordExtension);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
