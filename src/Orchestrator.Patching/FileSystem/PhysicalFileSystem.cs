using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>The real disk.</summary>
internal sealed class PhysicalFileSystem : IPatchFileSystem
{
    public string Canonical(string path) => OperatingSystem.IsLinux() ? LinuxPath.Canonical(path) : PortableFiles.Canonical(path);

    public FileEntry GetEntry(string path) => OperatingSystem.IsLinux() ? LinuxFiles.GetEntry(path) : PortableFiles.GetEntry(path);

    public byte[] ReadFile(string path, long maxBytes)
    {
        using var handle = OperatingSystem.IsLinux()
            ? LinuxFiles.OpenRegular(path, LinuxNative.OpenFlags.Read)
            : PortableFiles.Open(path, FileMode.Open, FileAccess.Read);
        return PhysicalFile.ReadAll(handle, maxBytes);
    }

    public string ReadLink(string path) => OperatingSystem.IsLinux()
        ? LinuxFiles.ReadLink(path)
        : new FileInfo(path).LinkTarget ?? throw new IOException("The path is no symbolic link.");

    public IReadOnlyList<string> List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Select(static path => Path.GetFileName(path)!)] : [];

    public IPatchFile OpenFile(string path) => new PhysicalFile(
        path, OperatingSystem.IsLinux() ? LinuxFiles.OpenRegular(path, LinuxNative.OpenFlags.ReadWrite) : PortableFiles.Open(path, FileMode.Open, FileAccess.ReadWrite));

    public IPatchFile CreateFile(string path) => new PhysicalFile(
        path, OperatingSystem.IsLinux() ? LinuxFiles.Create(path) : PortableFiles.Open(path, FileMode.CreateNew, FileAccess.ReadWrite));

    public IPatchFile? CreateTwin(string path, string twin)
    {
        SafeFileHandle? handle = OperatingSystem.IsLinux() ? LinuxTwin.Create(path, twin) : PortableFiles.CreateTwin(path, twin);
        return handle is null ? null : new PhysicalFile(twin, handle);
    }

    public void CreateLink(string path, string target)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.CreateLink(path, target);
        }
        else
        {
            PortableFiles.CreateLink(path, target);
        }
    }

    public void Move(string from, string to)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.Move(from, to);
        }
        else
        {
            PortableFiles.Move(from, to);
        }
    }

    public bool TryExchange(string path, string other) => OperatingSystem.IsLinux() ? LinuxFiles.TryExchange(path, other) : PortableFiles.TryExchange(path, other);

    public void DeleteFile(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.Delete(path);
        }
        else
        {
            PortableFiles.Delete(path);
        }
    }

    public void SetMode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.SetMode(path, mode);
        }
        else
        {
            PortableFiles.SetMode(path, mode);
        }
    }

    public void CreateDirectory(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.CreateDirectory(path);
        }
        else
        {
            PortableFiles.CreateDirectory(path);
        }
    }

    public bool TryRemoveDirectory(string path) => OperatingSystem.IsLinux() ? LinuxFiles.TryRemoveDirectory(path) : PortableFiles.TryRemoveDirectory(path);

    public void FlushFile(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.Flush(path);
        }
        else
        {
            PortableFiles.FlushFile(path);
        }
    }

    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.Flush(path);
        }
        else
        {
            PortableFiles.FlushDirectory(path);
        }
    }

    public IDisposable? TryLock(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxFiles.TryLock(path);
        }

        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
