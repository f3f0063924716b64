namespace Orchestrator.Patching;

/// <summary>Brings a tree back to before. Can be stopped anywhere and run again; what a third party changed is left alone.</summary>
internal sealed class TreeRestore
{
    private readonly TreeReader _tree;
    private readonly JournalStore _journals;
    private readonly JournalDocument _journal;
    private readonly AsidePath _asides;
    private readonly TreeWriter _writer;
    private readonly List<PatchConflict> _conflicts = [];

    public TreeRestore(TreeReader tree, JournalStore journals, TransactionSettings settings, JournalDocument journal)
    {
        (_tree, _journals, _journal) = (tree, journals, journal);
        _asides = new AsidePath(journal);
        _writer = new TreeWriter(tree, settings, new FileProof(tree, settledBefore: 0));
    }

    public IReadOnlyList<PatchConflict> Conflicts => _conflicts;

    /// <summary>The changes that are as the application left them, or already as before; the others become conflicts.</summary>
    public List<int> Select()
    {
        var selected = new List<int>();
        for (var i = 0; i < _journal.Changes.Count; i++)
        {
            var change = _journal.Changes[i];
            var now = Now(change, out var isReadable, out _);
            if ((isReadable && (FileImage.Same(now, change.After) || FileImage.Same(now, change.Before))) || (!isReadable && IsOurPlace(change)))
            {
                selected.Add(i);
            }
            else
            {
                LeaveAlone(i);
            }
        }

        return selected;
    }

    /// <summary>Whether a removed file's place is taken by what the application made itself: a file or link where its directory was, or a directory where it was.</summary>
    private bool IsOurPlace(TreeChange change) => change.After is null
        && (_tree.Obstacle(change.Path) is { Kind: EntryKind.File or EntryKind.Link } obstacle
            ? _journal.Changes.Any(other => other.After?.Kind == obstacle.Kind && other.Path == obstacle.Path)
            : _tree.Entry(change.Path).Kind == EntryKind.Directory && _journal.NewDirectories.Contains(change.Path));

    /// <summary>Restores changes in the reverse order of writing.</summary>
    /// <param name="selected">Which changes; <see langword="null"/> for all.</param>
    /// <param name="progress">Hears of each.</param>
    public void Run(IReadOnlyCollection<int>? selected, StageProgress? progress = null)
    {
        for (var i = 0; i < _journal.Changes.Count; i++)
        {
            BringBack(i);
        }

        var wanted = selected ?? Enumerable.Range(0, _journal.Changes.Count).ToList();
        foreach (var index in wanted.Where(i => _journal.Changes[i].After is not null).OrderDescending())
        {
            Restore(index);
            progress?.Step();
        }

        foreach (var directory in _journal.NewDirectories.AsEnumerable().Reverse())
        {
            _writer.TryRemoveDirectory(directory);
        }

        foreach (var directory in _journal.EmptiedDirectories.AsEnumerable().Reverse())
        {
            BringBack(directory);
        }

        foreach (var index in wanted.Where(i => _journal.Changes[i].After is null).OrderDescending())
        {
            Restore(index);
            progress?.Step();
        }

        _writer.Flush();
    }

    /// <summary>An empty one may be ours, made by a recovery that ended before it had its permissions.</summary>
    private void BringBack(EmptiedDirectory directory)
    {
        if (_tree.Obstacle(directory.Path) is not null || _tree.Entry(directory.Path) is not { Kind: EntryKind.Missing or EntryKind.Directory } entry)
        {
            return;
        }

        if (entry.Kind == EntryKind.Missing)
        {
            _writer.MakeDirectory(directory.Path);
        }

        if (entry.Kind == EntryKind.Missing || (entry.Mode != directory.Mode && _tree.Files.List(_tree.FullPath(directory.Path)).Count == 0))
        {
            _writer.SetMode(directory.Path, directory.Mode);
        }
    }

    private void BringBack(int index)
    {
        var (change, aside) = (_journal.Changes[index], _asides.Of(index));
        if (!new AsideRestore(_tree, _writer).Run(change, aside))
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.RecoveryConflict,
                Path = change.Path,
                Message = $"Somebody replaced the file twice while the patch was applied; the first of the two was left beside it as '{aside}'.",
            });
        }
    }

    private void Restore(int index)
    {
        var change = _journal.Changes[index];
        var now = Now(change, out var isReadable, out var entry);
        if (isReadable && FileImage.Same(now, change.Before))
        {
            if (now is { Kind: EntryKind.File } && now.Mode != change.Before!.Mode)
            {
                _writer.SetMode(change.Path, change.Before.Mode);
            }

            return;
        }

        if (!isReadable || !(FileImage.Same(now, change.After) || TornWrite.Explains(change, now, entry.Identity)))
        {
            LeaveAlone(index);
            return;
        }

        try
        {
            if (now is null)
            {
                foreach (var parent in TreeReader.Parents(change.Path))
                {
                    _writer.MakeDirectory(parent);
                }
            }

            _writer.Replace(change.Path, _asides.Of(index), now, new FileStamp(entry.Identity), change.Before);
        }
        catch (ChangedMeanwhileException)
        {
            LeaveAlone(index);
        }
    }

    private FileImage? Now(TreeChange change, out bool isReadable, out FileEntry entry)
    {
        entry = default;
        var path = change.Path;
        var longest = Math.Max(change.Before?.Bytes.Length ?? 0, change.After?.Bytes.Length ?? 0);
        if (_tree.Obstacle(path) is not null)
        {
            isReadable = false;
            return null;
        }

        entry = _tree.Entry(path);

        // What is longer than both is a third party's, and too long to be read for nothing.
        isReadable = entry.Kind is EntryKind.Link or EntryKind.Missing || (entry.Kind == EntryKind.File && entry.Size <= longest);
        return isReadable ? _tree.Read(path, entry) : null;
    }

    private void LeaveAlone(int index)
    {
        var change = _journal.Changes[index];
        if (change.Before is { } before)
        {
            _journals.KeepCopy(_journal, index, before);
        }

        _conflicts.Add(new PatchConflict
        {
            Code = PatchConflictCode.RecoveryConflict,
            Path = change.Path,
            Message = change.Before is null
                ? "Somebody changed the file that the patch had made; it was left as it is."
                : "Somebody changed the file after the patch; it was left as it is, and the content before the patch is kept beside the journal.",
        });
    }
}
