using System.Text;

namespace Orchestrator.Patching;

/// <summary>Writes single files and links: the one place that changes the tree. Paths that differ may be written by several threads.</summary>
internal sealed class TreeWriter(TreeReader tree, TransactionSettings settings, FileProof proof)
{
    private readonly FlushList _flushes = new(tree);
    private readonly FileOverwrite _overwrite = new(tree, settings, proof);

    /// <summary>Brings one path from what it must be to what it shall be.</summary>
    /// <param name="path">The path.</param>
    /// <param name="aside">Where the file may be put aside for a moment.</param>
    /// <param name="from">What must be there.</param>
    /// <param name="stamp">Which file it must be.</param>
    /// <param name="to">What shall be there.</param>
    public void Replace(string path, string aside, FileImage? from, FileStamp stamp, FileImage? to)
    {
        try
        {
            if (from is { Kind: EntryKind.File } && to is { Kind: EntryKind.File })
            {
                if (_overwrite.Run(path, aside, from, stamp, to))
                {
                    _flushes.AddParent(path);
                }

                _flushes.AddFile(path);
                return;
            }

            if (from is not null)
            {
                Delete(path, aside, from, stamp);
            }

            if (to is not null)
            {
                Create(path, aside, to);
            }
        }
        catch (IOException error) when (error is not ChangedMeanwhileException && tree.Obstacle(path) is not null)
        {
            throw new ChangedMeanwhileException(path);
        }
    }

    public void MakeDirectory(string path)
    {
        if (tree.Obstacle(path) is not null)
        {
            throw new ChangedMeanwhileException(path);
        }

        if (tree.Entry(path).Kind != EntryKind.Directory)
        {
            tree.Files.CreateDirectory(tree.FullPath(path));
            _flushes.AddParent(path);
        }
    }

    /// <summary>Removes a directory that is empty.</summary>
    public bool TryRemoveDirectory(string path)
    {
        if (tree.Obstacle(path) is not null || tree.Entry(path).Kind != EntryKind.Directory || !tree.Files.TryRemoveDirectory(tree.FullPath(path)))
        {
            return false;
        }

        _flushes.AddParent(path);
        return true;
    }

    public void SetMode(string path, UnixFileMode mode) => tree.Files.SetMode(tree.FullPath(path), mode);

    /// <summary>Gives a file that was put aside its name back.</summary>
    public void PutBack(string aside, string path)
    {
        tree.Files.Move(tree.FullPath(aside), tree.FullPath(path));
        _flushes.AddParent(path);
    }

    /// <summary>Exchanges a file with the one that was put aside for it.</summary>
    public bool TryExchange(string path, string aside)
    {
        _flushes.AddParent(path);
        return tree.Files.TryExchange(tree.FullPath(path), tree.FullPath(aside));
    }

    /// <summary>Removes what was put aside.</summary>
    public void Discard(string aside)
    {
        tree.Files.DeleteFile(tree.FullPath(aside));
        _flushes.AddParent(aside);
    }

    /// <summary>Brings every file that was written, and every name that was made or removed, onto the disk.</summary>
    public void Flush()
    {
        if (settings.Durable)
        {
            _flushes.Flush();
        }
    }

    /// <summary>Takes the name away first and looks at the file then: what somebody put there in the last moment gets its name back.</summary>
    private void Delete(string path, string aside, FileImage from, FileStamp stamp)
    {
        if (tree.Obstacle(path) is not null || !proof.Holds(path, from, stamp))
        {
            throw new ChangedMeanwhileException(path);
        }

        tree.Files.Move(tree.FullPath(path), tree.FullPath(aside));
        _flushes.AddParent(path);

        // A new name may count as a change: only the bytes tell.
        if (!proof.Holds(aside, from, new FileStamp(stamp.Identity)))
        {
            tree.Files.Move(tree.FullPath(aside), tree.FullPath(path));
            throw new ChangedMeanwhileException(path);
        }

        tree.Files.DeleteFile(tree.FullPath(aside));
    }

    private void Create(string path, string aside, FileImage to)
    {
        var full = tree.FullPath(path);
        if (tree.Obstacle(path) is not null || tree.Entry(path).Kind != EntryKind.Missing)
        {
            throw new ChangedMeanwhileException(path);
        }

        _flushes.AddParent(path);
        if (to.Kind == EntryKind.Link)
        {
            tree.Files.CreateLink(full, Encoding.UTF8.GetString(to.Bytes.Span));
        }
        else if (settings.Atomic.Contains(path))
        {
            Make(tree.FullPath(aside), to);
            if (settings.Durable)
            {
                tree.Files.FlushFile(tree.FullPath(aside));
            }

            tree.Files.Move(tree.FullPath(aside), full);
        }
        else
        {
            Make(full, to);
            _flushes.AddFile(path);
        }
    }

    private void Make(string full, FileImage to)
    {
        UnixFileMode made;
        using (var file = tree.Files.CreateFile(full))
        {
            made = file.Entry.Mode;
            FileOverwrite.WriteBody(file, 0, to.Bytes.Span);
            FileOverwrite.BeginFlush(file, settings.Durable);
        }

        if (FileOverwrite.ModeFor(to.Mode, made) is var mode && mode != made)
        {
            tree.Files.SetMode(full, mode);
        }
    }
}
