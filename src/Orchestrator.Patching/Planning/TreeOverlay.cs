namespace Orchestrator.Patching;

/// <summary>A tree with what a patch set does to it laid over it in memory.</summary>
internal sealed class TreeOverlay(TreeReader tree)
{
    private readonly Dictionary<string, FileEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileImage?> _before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlannedFile?> _after = new(StringComparer.Ordinal);

    /// <summary>How many planned files are beneath a directory.</summary>
    private readonly Dictionary<string, int> _beneath = new(StringComparer.Ordinal);

    public TreeReader Tree => tree;

    /// <summary>Every path that the patch set has touched.</summary>
    public IReadOnlyDictionary<string, PlannedFile?> After => _after;

    /// <summary>What is on the disk, looked at once.</summary>
    public FileEntry Entry(string path)
    {
        if (!_entries.TryGetValue(path, out var entry))
        {
            entry = tree.Entry(path);
            _entries[path] = entry;
        }

        return entry;
    }

    /// <summary>The file that is on the disk at a path whose parents were checked; <see langword="null"/> for none.</summary>
    public FileImage? Before(string path)
    {
        if (!_before.TryGetValue(path, out var image))
        {
            image = tree.Read(path, Entry(path));
            _before[path] = image;
        }

        return image;
    }

    /// <summary>Whether the file on the disk was read.</summary>
    public bool IsRead(string path) => _before.ContainsKey(path);

    /// <summary>Whether there is a file by the patch set.</summary>
    public bool IsPlanned(string path) => _after.TryGetValue(path, out var planned) && planned is not null;

    /// <summary>Whether the patch set takes away what is on the disk.</summary>
    public bool IsGone(string path) => _after.TryGetValue(path, out var planned) && planned is null;

    /// <summary>Whether the patch set makes files beneath the path.</summary>
    public bool IsPlannedDirectory(string path) => _beneath.GetValueOrDefault(path) > 0;

    public void Set(string path, PlannedFile? file)
    {
        var change = (file is null ? 0 : 1) - (IsPlanned(path) ? 1 : 0);
        _after[path] = file;
        if (change != 0)
        {
            foreach (var parent in TreeReader.Parents(path))
            {
                _beneath[parent] = _beneath.GetValueOrDefault(parent) + change;
            }
        }
    }

    /// <summary>The first parent that stands in the way of a file; <see langword="null"/> for none.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="isGone">Whether a path is free by the patch set; <see langword="null"/> to look at the disk alone.</param>
    public (string Path, EntryKind Kind)? Obstacle(string path, Func<string, bool>? isGone)
    {
        foreach (var parent in TreeReader.Parents(path))
        {
            if (isGone is not null && IsPlanned(parent))
            {
                return (parent, _after[parent]!.Image.Kind);
            }

            var kind = Entry(parent).Kind;
            if (kind == EntryKind.Missing || (kind == EntryKind.File && isGone?.Invoke(parent) == true))
            {
                return null;
            }

            if (kind != EntryKind.Directory)
            {
                return (parent, kind);
            }
        }

        return null;
    }

    /// <summary>Whether the patch set takes away all that is in a directory.</summary>
    public bool IsEmptied(string directory, Func<string, bool> isGone)
    {
        var names = tree.Files.List(tree.FullPath(directory));
        return names.Count > 0 && names.Select(name => $"{directory}/{name}")
            .All(path => Entry(path).Kind == EntryKind.Directory ? IsEmptied(path, isGone) : isGone(path));
    }
}
