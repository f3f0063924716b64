namespace Orchestrator.Patching;

/// <summary>Everything that patching does to a disk: a seam for other places where files are, and for tests that let any single operation fail or be the last one.</summary>
/// <remarks>
/// Paths are absolute, and canonical as by <see cref="Canonical"/>: what opens, makes, moves or removes something fails where any component of the path has become a link meanwhile.
/// Failures are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>. Used from several threads at once, for different paths.
/// </remarks>
public interface IPatchFileSystem
{
    /// <summary>A path with every link in it resolved; what is not there stays as it is written.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The canonical path.</returns>
    string Canonical(string path);

    /// <summary>Looks at a path without following a link at its end.</summary>
    /// <param name="path">The path.</param>
    /// <returns>What stands there; <see cref="FileEntry.Missing"/> for nothing.</returns>
    FileEntry GetEntry(string path);

    /// <summary>Reads a whole regular file; fails when it is longer than the limit.</summary>
    /// <param name="path">The path.</param>
    /// <param name="maxBytes">The limit.</param>
    /// <returns>The content.</returns>
    byte[] ReadFile(string path, long maxBytes);

    /// <summary>Where a link points.</summary>
    /// <param name="path">The path of the link.</param>
    /// <returns>Its target, as it was written.</returns>
    string ReadLink(string path);

    /// <summary>The names in a directory; none when there is no directory.</summary>
    /// <param name="directory">The path.</param>
    /// <returns>The names, in any order.</returns>
    IReadOnlyList<string> List(string directory);

    /// <summary>Opens a file that is there, to read and write.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The file, to be disposed of.</returns>
    IPatchFile OpenFile(string path);

    /// <summary>Makes a file that must not be there.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The file, to be disposed of.</returns>
    IPatchFile CreateFile(string path);

    /// <summary>Makes an empty file that must not be there, with the owner, permissions and attributes of another one in the same directory; <see langword="null"/> when it cannot be given them.</summary>
    /// <param name="path">The path of the file to be like.</param>
    /// <param name="twin">The path of the new file.</param>
    /// <returns>The new file, to be disposed of.</returns>
    IPatchFile? CreateTwin(string path, string twin);

    /// <summary>Makes a symbolic link that must not be there.</summary>
    /// <param name="path">The path of the link.</param>
    /// <param name="target">Where it points.</param>
    void CreateLink(string path, string target);

    /// <summary>Gives a file or link another name, which must not be there.</summary>
    /// <param name="from">The path that it has.</param>
    /// <param name="to">The path that it gets.</param>
    void Move(string from, string to);

    /// <summary>Exchanges two files of one directory: who opens the first gets one or the other at every moment.</summary>
    /// <param name="path">The path of one.</param>
    /// <param name="other">The path of the other.</param>
    /// <returns><see langword="false"/>, with nothing done, when the file system cannot do it.</returns>
    bool TryExchange(string path, string other);

    /// <summary>Removes a file or link, which must be there; a directory is refused.</summary>
    /// <param name="path">The path.</param>
    void DeleteFile(string path);

    /// <summary>Sets the permissions of a file or directory; nothing where the system has none.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">The permissions.</param>
    void SetMode(string path, UnixFileMode mode);

    /// <summary>Makes one directory whose parent is there, and that must not be there itself.</summary>
    /// <param name="path">The path.</param>
    void CreateDirectory(string path);

    /// <summary>Removes a directory when it is empty.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Whether it was removed.</returns>
    bool TryRemoveDirectory(string path);

    /// <summary>Brings the content of a file onto the disk.</summary>
    /// <param name="path">The path.</param>
    void FlushFile(string path);

    /// <summary>Brings the names in a directory onto the disk.</summary>
    /// <param name="path">The path.</param>
    void FlushDirectory(string path);

    /// <summary>Takes an exclusive lock that ends with the process; <see langword="null"/> when somebody has it, in this process or another. Fails when a link leads elsewhere.</summary>
    /// <param name="path">The path of the lock file, which is made when it is not there.</param>
    /// <returns>What to dispose of to give the lock back.</returns>
    IDisposable? TryLock(string path);
}

/// <summary>An open file.</summary>
public interface IPatchFile : IDisposable
{
    /// <summary>What is open, whatever stands at the path by now.</summary>
    FileEntry Entry { get; }

    /// <summary>Lets whoever else opens the file wait until it is closed here.</summary>
    /// <returns><see langword="false"/> when somebody has it open already, or the system cannot do it.</returns>
    bool TryHold();

    /// <summary>Reads the whole file.</summary>
    /// <param name="maxBytes">The limit.</param>
    /// <returns>The content.</returns>
    byte[] ReadAll(long maxBytes);

    /// <summary>Writes at a place.</summary>
    /// <param name="offset">The place, counted from 0.</param>
    /// <param name="bytes">The bytes.</param>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or extends.</summary>
    /// <param name="length">The length, in bytes.</param>
    void SetLength(long length);

    /// <summary>Lets the system begin to bring the content onto the disk, without waiting for it.</summary>
    void BeginFlush();

    /// <summary>Brings the content onto the disk.</summary>
    void Flush();
}
