using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>The real disk.</summary>
internal sealed class PhysicalFileSystem : IPatchFileSystem
{
    private const UnixFileMode Permissions = (UnixFileMode)0xFFF;

    public FileEntry GetEntry(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return ManagedEntry(path);
        }

        if (LinuxNative.Statx(LinuxNative.CurrentDirectory, path, LinuxNative.NoFollow, LinuxNative.BasicStats, out var buffer) == 0)
        {
            return ToEntry(buffer);
        }

        var error = Marshal.GetLastPInvokeError();
        return error is LinuxNative.NoEntry or LinuxNative.NotADirectory ? FileEntry.Missing : ManagedEntry(path);
    }

    public byte[] ReadFile(string path, long maxBytes)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return PhysicalFile.ReadAll(handle, maxBytes);
    }

    public string ReadLink(string path) => new FileInfo(path).LinkTarget ?? throw new IOException("The path is no symbolic link.");

    public IReadOnlyList<string> List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Select(static path => Path.GetFileName(path)!)] : [];

    public IPatchFile OpenFile(string path) =>
        new PhysicalFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public IPatchFile CreateFile(string path) =>
        new PhysicalFile(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public void CreateLink(string path, string target) => File.CreateSymbolicLink(path, target);

    public void DeleteFile(string path) => File.Delete(path);

    public void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public bool TryRemoveDirectory(string path)
    {
        if (GetEntry(path).Kind != EntryKind.Directory || Directory.EnumerateFileSystemEntries(path).Any())
        {
            return false;
        }

        Directory.Delete(path, recursive: false);
        return true;
    }

    public void FlushDirectory(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        var descriptor = LinuxNative.Open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The directory '{path}' cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (LinuxNative.Fsync(descriptor) != 0)
            {
                throw new IOException($"The directory '{path}' cannot be brought onto the disk (error {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = LinuxNative.Close(descriptor);
        }
    }

    public IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    internal static FileEntry ToEntry(in LinuxNative.StatxBuffer buffer)
    {
        var kind = (buffer.Mode & 0xF000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Directory,
            0xA000 => EntryKind.Link,
            _ => EntryKind.Other,
        };
        var device = ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor;
        return new FileEntry(kind, (long)buffer.Size, (UnixFileMode)buffer.Mode & Permissions, new FileIdentity(device, buffer.Inode));
    }

    private static FileEntry ManagedEntry(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null)
        {
            return new FileEntry(EntryKind.Link, 0, default, default);
        }

        if (Directory.Exists(path))
        {
            return new FileEntry(EntryKind.Directory, 0, ModeOf(path), default);
        }

        if (!info.Exists)
        {
            return FileEntry.Missing;
        }

        var kind = (info.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint)) == 0 ? EntryKind.File : EntryKind.Other;
        return new FileEntry(kind, info.Length, ModeOf(path), default);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private sealed class PhysicalFile(string path, SafeFileHandle handle) : IPatchFile
    {
        public FileEntry Entry
        {
            get
            {
                if (OperatingSystem.IsLinux()
                    && LinuxNative.Statx((int)handle.DangerousGetHandle(), "", LinuxNative.EmptyPath, LinuxNative.BasicStats, out var buffer) == 0)
                {
                    return ToEntry(buffer);
                }

                return ManagedEntry(path);
            }
        }

        public byte[] ReadAll(long maxBytes) => ReadAll(handle, maxBytes);

        public static byte[] ReadAll(SafeFileHandle handle, long maxBytes)
        {
            var length = RandomAccess.GetLength(handle);
            if (length > maxBytes)
            {
                throw new IOException($"The file has {length} bytes; the limit is {maxBytes}.");
            }

            var bytes = new byte[length];
            var offset = 0;
            while (offset < bytes.Length)
            {
                var read = RandomAccess.Read(handle, bytes.AsSpan(offset), offset);
                if (read == 0)
                {
                    throw new IOException("The file became shorter while it was read.");
                }

                offset += read;
            }

            return bytes;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
