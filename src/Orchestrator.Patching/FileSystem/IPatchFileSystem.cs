namespace Orchestrator.Patching;

/// <summary>Everything that patching does to a disk. A seam, so that tests can let any single operation fail or be the last one.</summary>
/// <remarks>Paths are absolute. Failures are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.</remarks>
internal interface IPatchFileSystem
{
    /// <summary>Looks at a path without following a link at its end.</summary>
    FileEntry GetEntry(string path);

    /// <summary>Reads a whole regular file; fails when it is longer than the limit.</summary>
    byte[] ReadFile(string path, long maxBytes);

    /// <summary>Where a link points.</summary>
    string ReadLink(string path);

    /// <summary>The names in a directory; none when there is no directory.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Opens a file that is there, to read and write.</summary>
    IPatchFile OpenFile(string path);

    /// <summary>Makes a file that must not be there.</summary>
    IPatchFile CreateFile(string path);

    /// <summary>Makes a symbolic link that must not be there.</summary>
    void CreateLink(string path, string target);

    /// <summary>Removes a file or link.</summary>
    void DeleteFile(string path);

    /// <summary>Sets the permissions of a file; nothing where the system has none.</summary>
    void SetMode(string path, UnixFileMode mode);

    /// <summary>Makes one directory whose parent is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Removes a directory when it is empty.</summary>
    bool TryRemoveDirectory(string path);

    /// <summary>Brings the names in a directory onto the disk.</summary>
    void FlushDirectory(string path);

    /// <summary>Takes an exclusive lock that ends with the process; <see langword="null"/> when somebody has it.</summary>
    IDisposable? TryLock(string path);
}

/// <summary>An open file.</summary>
internal interface IPatchFile : IDisposable
{
    /// <summary>What is open, whatever stands at the path by now.</summary>
    FileEntry Entry { get; }

    /// <summary>Reads the whole file.</summary>
    byte[] ReadAll(long maxBytes);

    /// <summary>Writes at a place.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or extends.</summary>
    void SetLength(long length);

    /// <summary>Brings the content onto the disk.</summary>
    void Flush();
}
