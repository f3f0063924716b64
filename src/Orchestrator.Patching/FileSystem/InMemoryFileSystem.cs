namespace Orchestrator.Patching;

/// <summary>A file system in memory: to try patches on files that are on no disk, and to test with.</summary>
/// <remarks>
/// Thread-safe. It knows files with several names, symbolic links, permissions and identities as a disk does, tells upper from lower case, and keeps everything for as long as the instance lives.
/// Its clock counts changes.
/// </remarks>
public sealed class InMemoryFileSystem : IPatchFileSystem
{
    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;

    /// <summary>Guards all nodes.</summary>
    private readonly Lock _gate = new();
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly InMemoryNodes _nodes = new(DirectoryMode);

    /// <summary>Puts a file there, with the directories above it; a file that is there gets the content.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="content">The content, copied.</param>
    /// <param name="mode">The permissions; <see langword="null"/> for <c>rw-r--r--</c>, or those of the file that is there.</param>
    /// <exception cref="IOException">Something that is no directory stands above the file, or something that is no file in its place.</exception>
    public void WriteFile(string path, PatchContent content, UnixFileMode? mode = null)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path, makes: true);
            if (!directory.Children.TryGetValue(name, out var node))
            {
                node = _nodes.Add(directory, name, EntryKind.File, FileMode);
            }

            if (node.Kind != EntryKind.File)
            {
                throw new IOException($"'{path}' is no file.");
            }

            node.Bytes = content.Bytes.ToArray();
            node.Mode = mode ?? node.Mode;
            _nodes.Touch(node);
        }
    }

    /// <summary>Gives a file another name, so that it has both.</summary>
    /// <param name="path">The absolute path of the new name, which must not be there.</param>
    /// <param name="existing">The absolute path of the file.</param>
    /// <exception cref="IOException">There is no such file, or the name is taken.</exception>
    public void CreateHardLink(string path, string existing)
    {
        lock (_gate)
        {
            var node = _nodes.FileAt(existing);
            var (directory, name) = _nodes.Parent(path);
            InMemoryNodes.Put(directory, name, node);
            node.Links++;
            _nodes.Touch(node);
        }
    }

    /// <summary>Lists all files and links beneath a directory.</summary>
    /// <param name="directory">The absolute path of the directory.</param>
    /// <returns>Their paths relative to it, with <c>/</c>, in ordinal order.</returns>
    public IReadOnlyList<string> GetFiles(string directory)
    {
        lock (_gate)
        {
            return _nodes.Find(directory) is { Kind: EntryKind.Directory } node ? [.. InMemoryNodes.Files(node, "").Order(StringComparer.Ordinal)] : [];
        }
    }

    /// <inheritdoc/>
    public string Canonical(string path)
    {
        lock (_gate)
        {
            return _nodes.Canonical(path);
        }
    }

    /// <inheritdoc/>
    public FileEntry GetEntry(string path)
    {
        lock (_gate)
        {
            return _nodes.Find(path)?.ToEntry() ?? FileEntry.Missing;
        }
    }

    /// <inheritdoc/>
    public byte[] ReadFile(string path, long maxBytes)
    {
        lock (_gate)
        {
            return _nodes.FileAt(path).Read(maxBytes);
        }
    }

    /// <inheritdoc/>
    public string ReadLink(string path)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            return InMemoryNodes.Child(directory, name, path).Target ?? throw new IOException($"'{path}' is no symbolic link.");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        lock (_gate)
        {
            return _nodes.Find(directory) is { Kind: EntryKind.Directory } node ? [.. node.Children.Keys] : [];
        }
    }

    /// <inheritdoc/>
    public IPatchFile OpenFile(string path)
    {
        lock (_gate)
        {
            return new OpenedFile(this, _nodes.FileAt(path));
        }
    }

    /// <inheritdoc/>
    public IPatchFile CreateFile(string path)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            return new OpenedFile(this, _nodes.Add(directory, name, EntryKind.File, FileMode));
        }
    }

    /// <inheritdoc/>
    public IPatchFile? CreateTwin(string path, string twin)
    {
        lock (_gate)
        {
            var original = _nodes.FileAt(path);
            var (directory, name) = _nodes.Parent(twin);
            return new OpenedFile(this, _nodes.Add(directory, name, EntryKind.File, original.Mode));
        }
    }

    /// <inheritdoc/>
    public void CreateLink(string path, string target)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            _nodes.Add(directory, name, EntryKind.Link, default).Target = target;
        }
    }

    /// <inheritdoc/>
    public void Move(string from, string to)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(from);
            var (target, newName) = _nodes.Parent(to);
            var node = InMemoryNodes.Child(directory, name, from);
            InMemoryNodes.Put(target, newName, node);
            directory.Children.Remove(name);
            _nodes.Touch(node);
        }
    }

    /// <inheritdoc/>
    public bool TryExchange(string path, string other)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            var (otherDirectory, otherName) = _nodes.Parent(other);
            var (one, two) = (InMemoryNodes.Child(directory, name, path), InMemoryNodes.Child(otherDirectory, otherName, other));
            (directory.Children[name], otherDirectory.Children[otherName]) = (two, one);
            _nodes.Touch(one);
            _nodes.Touch(two);
            return true;
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            var node = InMemoryNodes.Child(directory, name, path);
            if (node.Kind == EntryKind.Directory)
            {
                throw new UnauthorizedAccessException($"'{path}' is a directory.");
            }

            directory.Children.Remove(name);
            node.Links--;
            _nodes.Touch(node);
        }
    }

    /// <inheritdoc/>
    public void SetMode(string path, UnixFileMode mode)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            var node = InMemoryNodes.Child(directory, name, path);
            node.Mode = mode;
            _nodes.Touch(node);
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            _nodes.Add(directory, name, EntryKind.Directory, DirectoryMode);
        }
    }

    /// <inheritdoc/>
    public bool TryRemoveDirectory(string path)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            return directory.Children.TryGetValue(name, out var node) && node.Kind == EntryKind.Directory && node.Children.Count == 0 && directory.Children.Remove(name);
        }
    }

    /// <inheritdoc/>
    /// <remarks>There is nothing to wait for.</remarks>
    public void FlushFile(string path)
    {
    }

    /// <inheritdoc/>
    /// <remarks>There is nothing to wait for.</remarks>
    public void FlushDirectory(string path)
    {
    }

    /// <inheritdoc/>
    /// <remarks>The lock lasts until it is disposed of.</remarks>
    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            var (directory, name) = _nodes.Parent(path);
            var node = directory.Children.TryGetValue(name, out var there) ? there : _nodes.Add(directory, name, EntryKind.File, FileMode);
            if (node.Kind != EntryKind.File)
            {
                throw new IOException($"'{path}' is no file.");
            }

            return _locks.Add(path) ? new HeldLock(this, path) : null;
        }
    }

    private sealed class HeldLock(InMemoryFileSystem owner, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._locks.Remove(path);
            }
        }
    }

    private sealed class OpenedFile(InMemoryFileSystem owner, InMemoryNode node) : IPatchFile
    {
        public FileEntry Entry
        {
            get
            {
                lock (owner._gate)
                {
                    return node.ToEntry();
                }
            }
        }

        public bool TryHold() => false;

        public byte[] ReadAll(long maxBytes)
        {
            lock (owner._gate)
            {
                return node.Read(maxBytes);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (owner._gate)
            {
                node.Write(offset, bytes);
                owner._nodes.Touch(node);
            }
        }

        public void SetLength(long length)
        {
            lock (owner._gate)
            {
                node.SetLength(length);
                owner._nodes.Touch(node);
            }
        }

        public void BeginFlush()
        {
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
