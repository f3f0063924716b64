namespace Orchestrator.Patching;

/// <summary>What must be on the disk before an application counts as done. Several wait for the disk at once, as most of the time is waiting.</summary>
internal sealed class FlushList(TreeReader tree)
{
    private const int Threads = 8;

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public void AddFile(string path)
    {
        lock (_lock)
        {
            _files.Add(path);
        }
    }

    public void AddParent(string path)
    {
        lock (_lock)
        {
            _directories.Add(path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "");
        }
    }

    public void Flush()
    {
        Each(_files, EntryKind.File, tree.Files.FlushFile);
        Each(_directories, EntryKind.Directory, tree.Files.FlushDirectory);
        _files.Clear();
        _directories.Clear();
    }

    /// <summary>What somebody took away or replaced meanwhile is not ours to flush.</summary>
    private void Each(HashSet<string> paths, EntryKind kind, Action<string> flush) => Parallelism.Run(
        [.. paths.Order(StringComparer.Ordinal)],
        Threads,
        path =>
        {
            var full = path.Length == 0 ? tree.Root : tree.FullPath(path);
            if (tree.Obstacle(path) is null && tree.Files.GetEntry(full).Kind == kind)
            {
                flush(full);
            }
        });
}
