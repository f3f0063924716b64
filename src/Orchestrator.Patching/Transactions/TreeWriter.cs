using System.Text;

namespace Orchestrator.Patching;

/// <summary>A file is not as it was when the patch was checked.</summary>
internal sealed class ChangedMeanwhileException(string path) : IOException($"'{path}' changed meanwhile.")
{
    public string ChangedPath { get; } = path;
}

/// <summary>Writes single files and links: the one place that changes the tree.</summary>
internal sealed class TreeWriter(TreeReader tree, bool durable)
{
    private const UnixFileMode OwnerWrite = UnixFileMode.UserWrite;
    private const int WriteBytes = 1 << 20;

    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    /// <summary>Brings one path from what it must be to what it shall be.</summary>
    public void Replace(string path, FileImage? from, FileIdentity identity, FileImage? to)
    {
        if (tree.Obstacle(path) is not null)
        {
            throw new ChangedMeanwhileException(path);
        }

        if (from is { Kind: EntryKind.File } && to is { Kind: EntryKind.File })
        {
            Overwrite(path, from, identity, to);
            return;
        }

        if (from is not null)
        {
            Delete(path, from, identity);
        }

        if (to is not null)
        {
            Create(path, to);
        }
    }

    public void Delete(string path, FileImage from, FileIdentity identity)
    {
        var entry = tree.Entry(path);
        if (entry.Kind != from.Kind || !IsSame(entry.Identity, identity) || !FileImage.Same(tree.Read(path, entry), from))
        {
            throw new ChangedMeanwhileException(path);
        }

        tree.Files.DeleteFile(tree.FullPath(path));
        _touched.Add(Parent(path));
    }

    public void Create(string path, FileImage to)
    {
        var full = tree.FullPath(path);
        if (tree.Obstacle(path) is not null || tree.Entry(path).Kind != EntryKind.Missing)
        {
            throw new ChangedMeanwhileException(path);
        }

        _touched.Add(Parent(path));
        if (to.Kind == EntryKind.Link)
        {
            tree.Files.CreateLink(full, Encoding.UTF8.GetString(to.Bytes.Span));
            return;
        }

        UnixFileMode made;
        using (var file = tree.Files.CreateFile(full))
        {
            made = file.Entry.Mode;
            WriteBody(file, 0, to.Bytes.Span);
            Flush(file);
        }

        if (ModeFor(to.Mode, made) is var mode && mode != made)
        {
            tree.Files.SetMode(full, mode);
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
            _touched.Add(Parent(path));
        }
    }

    /// <summary>Removes a directory that is empty.</summary>
    public bool TryRemoveDirectory(string path)
    {
        if (tree.Obstacle(path) is not null || tree.Entry(path).Kind != EntryKind.Directory || !tree.Files.TryRemoveDirectory(tree.FullPath(path)))
        {
            return false;
        }

        _touched.Add(Parent(path));
        return true;
    }

    public void SetMode(string path, UnixFileMode mode) => tree.Files.SetMode(tree.FullPath(path), mode);

    /// <summary>Brings every name that was made or removed onto the disk.</summary>
    public void FlushDirectories()
    {
        if (!durable)
        {
            return;
        }

        foreach (var directory in _touched.Where(directory => directory.Length == 0 || tree.Entry(directory).Kind == EntryKind.Directory))
        {
            tree.Files.FlushDirectory(directory.Length == 0 ? tree.Root : tree.FullPath(directory));
        }

        _touched.Clear();
    }

    /// <summary>Overwrites in place, without cutting the file first: links, owner and attributes stay, and every moment in between is a mix of both contents.</summary>
    private void Overwrite(string path, FileImage from, FileIdentity identity, FileImage to)
    {
        var full = tree.FullPath(path);
        var entry = tree.Entry(path);
        if (entry.Kind != EntryKind.File || !IsSame(entry.Identity, identity))
        {
            throw new ChangedMeanwhileException(path);
        }

        var locked = !OperatingSystem.IsWindows() && (entry.Mode & OwnerWrite) == 0;
        if (locked)
        {
            tree.Files.SetMode(full, entry.Mode | OwnerWrite);
        }

        using (var file = tree.Files.OpenFile(full))
        {
            // What is open is what was checked, whatever the path leads to by now.
            if (file.Entry.Kind != EntryKind.File || !IsSame(file.Entry.Identity, identity) || !file.ReadAll(int.MaxValue).AsSpan().SequenceEqual(from.Bytes.Span))
            {
                if (locked)
                {
                    tree.Files.SetMode(full, entry.Mode);
                }

                throw new ChangedMeanwhileException(path);
            }

            if (!from.Bytes.Span.SequenceEqual(to.Bytes.Span))
            {
                WriteBody(file, from.Bytes.Span.CommonPrefixLength(to.Bytes.Span), to.Bytes.Span);
                if (from.Bytes.Length > to.Bytes.Length)
                {
                    file.SetLength(to.Bytes.Length);
                }
            }

            Flush(file);
        }

        if (locked || to.Mode != entry.Mode)
        {
            tree.Files.SetMode(full, ModeFor(to.Mode, entry.Mode));
        }
    }

    private static void WriteBody(IPatchFile file, int from, ReadOnlySpan<byte> bytes)
    {
        for (var offset = from; offset < bytes.Length; offset += WriteBytes)
        {
            file.Write(offset, bytes.Slice(offset, Math.Min(WriteBytes, bytes.Length - offset)));
        }
    }

    /// <summary>A new file takes the permissions that the system gives new files, with the right to run it when it has that.</summary>
    private static UnixFileMode ModeFor(UnixFileMode wanted, UnixFileMode made)
    {
        const int ReadBits = 0b100_100_100;
        return (wanted & ~UnixFileMode.UserExecute) != 0 ? wanted
            : wanted == UnixFileMode.UserExecute ? made | (UnixFileMode)(((int)made & ReadBits) >> 2)
            : made;
    }

    private void Flush(IPatchFile file)
    {
        if (durable)
        {
            file.Flush();
        }
    }

    private static bool IsSame(FileIdentity one, FileIdentity other) => one == default || other == default || one == other;

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";
}
