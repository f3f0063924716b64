namespace Orchestrator.Patching;

/// <summary>Brings a tree back to before. Can be stopped anywhere and run again; what a third party changed is left alone.</summary>
internal sealed class TreeRestore(TreeReader tree, JournalStore journals, bool durable)
{
    private readonly List<PatchConflict> _conflicts = [];

    public IReadOnlyList<PatchConflict> Conflicts => _conflicts;

    /// <summary>The changes that are as the application left them, or already as before; the others become conflicts.</summary>
    public List<int> Select(JournalDocument journal)
    {
        var selected = new List<int>();
        for (var i = 0; i < journal.Changes.Count; i++)
        {
            var change = journal.Changes[i];
            var now = Now(change.Path, out var isReadable, out _);
            if (isReadable && (FileImage.Same(now, change.After) || FileImage.Same(now, change.Before)))
            {
                selected.Add(i);
            }
            else
            {
                LeaveAlone(journal, i);
            }
        }

        return selected;
    }

    /// <summary>Restores changes in the reverse order of writing.</summary>
    /// <param name="journal">What was done.</param>
    /// <param name="selected">Which changes; <see langword="null"/> for all.</param>
    public void Run(JournalDocument journal, IReadOnlyCollection<int>? selected)
    {
        var writer = new TreeWriter(tree, durable);
        var wanted = selected ?? Enumerable.Range(0, journal.Changes.Count).ToList();
        foreach (var index in wanted.Where(i => journal.Changes[i].After is not null).OrderDescending())
        {
            Restore(journal, index, writer);
        }

        foreach (var directory in journal.NewDirectories.AsEnumerable().Reverse())
        {
            writer.TryRemoveDirectory(directory);
        }

        foreach (var directory in journal.EmptiedDirectories.AsEnumerable().Reverse())
        {
            if (tree.Obstacle(directory.Path) is null && tree.Entry(directory.Path).Kind == EntryKind.Missing)
            {
                writer.MakeDirectory(directory.Path);
                writer.SetMode(directory.Path, directory.Mode);
            }
        }

        foreach (var index in wanted.Where(i => journal.Changes[i].After is null).OrderDescending())
        {
            Restore(journal, index, writer);
        }

        writer.FlushDirectories();
    }

    private void Restore(JournalDocument journal, int index, TreeWriter writer)
    {
        var change = journal.Changes[index];
        var now = Now(change.Path, out var isReadable, out var entry);
        if (isReadable && FileImage.Same(now, change.Before))
        {
            if (now is { Kind: EntryKind.File } && now.Mode != change.Before!.Mode)
            {
                writer.SetMode(change.Path, change.Before.Mode);
            }

            return;
        }

        if (!isReadable || !(FileImage.Same(now, change.After) || TornWrite.Explains(change, now, entry.Identity)))
        {
            LeaveAlone(journal, index);
            return;
        }

        try
        {
            if (now is null)
            {
                foreach (var parent in TreeReader.Parents(change.Path))
                {
                    writer.MakeDirectory(parent);
                }
            }

            writer.Replace(change.Path, now, entry.Identity, change.Before);
        }
        catch (ChangedMeanwhileException)
        {
            LeaveAlone(journal, index);
        }
    }

    private FileImage? Now(string path, out bool isReadable, out FileEntry entry)
    {
        entry = default;
        if (tree.Obstacle(path) is not null)
        {
            isReadable = false;
            return null;
        }

        entry = tree.Entry(path);
        isReadable = entry.Kind is EntryKind.File or EntryKind.Link or EntryKind.Missing;
        return isReadable ? tree.Read(path, entry) : null;
    }

    private void LeaveAlone(JournalDocument journal, int index)
    {
        var change = journal.Changes[index];
        if (change.Before is { } before)
        {
            journals.KeepCopy(journal, index, before);
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
