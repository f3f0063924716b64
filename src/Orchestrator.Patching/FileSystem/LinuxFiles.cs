using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>The operations on names, each relative to a handle of the directory, which was opened without following a link.</summary>
internal static class LinuxFiles
{
    private const UnixFileMode Permissions = (UnixFileMode)0xFFF;
    private const uint NewFile = 0b110_110_110;
    private const uint NewDirectory = 0b111_111_111;
    private const int MaxPath = 4096;

    public static FileEntry GetEntry(string path)
    {
        if (LinuxNative.Statx(LinuxNative.CurrentDirectory, path, LinuxNative.NoFollowEnd, LinuxNative.BasicStats, out var buffer) == 0)
        {
            return ToEntry(buffer);
        }

        return Marshal.GetLastPInvokeError() is LinuxNative.Errors.NoEntry or LinuxNative.Errors.NotADirectory
            ? FileEntry.Missing
            : throw LinuxPath.Error("be looked at", path);
    }

    /// <summary>Opens a regular file; never waits for the other end of a pipe.</summary>
    public static SafeFileHandle OpenRegular(string path, int flags)
    {
        var handle = LinuxPath.Open(path, flags | LinuxNative.OpenFlags.NonBlocking);
        if (GetEntry(handle, path).Kind == EntryKind.File)
        {
            return handle;
        }

        handle.Dispose();
        throw new IOException($"'{path}' is no regular file.");
    }

    public static SafeFileHandle Create(string path) => LinuxPath.Open(path, LinuxNative.OpenFlags.ReadWrite | LinuxNative.OpenFlags.CreateNew, NewFile);

    public static FileEntry GetEntry(SafeFileHandle handle, string path) => ToEntry(Stat(handle, path));

    public static LinuxNative.StatxBuffer Stat(SafeFileHandle handle, string path) =>
        LinuxNative.Statx(LinuxPath.Number(handle), "", LinuxNative.EmptyPath, LinuxNative.BasicStats, out var buffer) == 0
            ? buffer
            : throw LinuxPath.Error("be looked at", path);

    public static unsafe string ReadLink(string path)
    {
        using var directory = LinuxPath.OpenParent(path, out var name);
        var buffer = stackalloc byte[MaxPath];
        var length = LinuxNative.ReadLinkAt(LinuxPath.Number(directory), name, buffer, MaxPath);
        return length >= 0 ? Encoding.UTF8.GetString(buffer, (int)length) : throw LinuxPath.Error("be read as a link", path);
    }

    public static void CreateLink(string path, string target)
    {
        using var directory = LinuxPath.OpenParent(path, out var name);
        Check(LinuxNative.LinkAt(target, LinuxPath.Number(directory), name), "be made", path);
    }

    public static void Move(string from, string to)
    {
        using var fromDirectory = LinuxPath.OpenParent(from, out var fromName);
        using var toDirectory = LinuxPath.OpenParent(to, out var toName);
        if (LinuxNative.Rename(LinuxPath.Number(fromDirectory), fromName, LinuxPath.Number(toDirectory), toName, LinuxNative.NoReplace) == 0)
        {
            return;
        }

        // A file system, or something that confines us, without the flag: look first, and take what is left of the risk.
        if (Marshal.GetLastPInvokeError() is not (LinuxNative.Errors.Invalid or LinuxNative.Errors.NoSystemCall or LinuxNative.Errors.NotSupported))
        {
            throw LinuxPath.Error($"be renamed to '{toName}'", from);
        }

        if (GetEntry(to).Kind != EntryKind.Missing)
        {
            throw new IOException($"'{to}' is there already.");
        }

        Check(LinuxNative.RenameAt(LinuxPath.Number(fromDirectory), fromName, LinuxPath.Number(toDirectory), toName), $"be renamed to '{toName}'", from);
    }

    public static bool TryExchange(string path, string other)
    {
        using var directory = LinuxPath.OpenParent(path, out var name);
        var number = LinuxPath.Number(directory);
        if (LinuxNative.Rename(number, Path.GetFileName(other), number, name, LinuxNative.Exchange) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is LinuxNative.Errors.Invalid or LinuxNative.Errors.NoSystemCall or LinuxNative.Errors.NotSupported
            ? false
            : throw LinuxPath.Error("be exchanged", path);
    }

    /// <summary>Takes a lock that ends with the handle; <see langword="null"/> when somebody has it.</summary>
    public static SafeFileHandle? TryLock(string path)
    {
        const int ExclusiveNow = 2 | 4;
        var handle = LinuxPath.Open(path, LinuxNative.OpenFlags.ReadWrite | LinuxNative.OpenFlags.Create | LinuxNative.OpenFlags.NonBlocking, NewFile);
        if (GetEntry(handle, path).Kind == EntryKind.File && LinuxNative.Lock(LinuxPath.Number(handle), ExclusiveNow) == 0)
        {
            return handle;
        }

        var isTaken = Marshal.GetLastPInvokeError() == LinuxNative.Errors.TryAgain;
        var error = isTaken ? null : LinuxPath.Error("be locked", path);
        handle.Dispose();
        return error is null ? null : throw error;
    }

    public static void Delete(string path)
    {
        using var directory = LinuxPath.OpenParent(path, out var name);
        Check(LinuxNative.UnlinkAt(LinuxPath.Number(directory), name, 0), "be removed", path);
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        using var handle = LinuxPath.Open(path, LinuxNative.OpenFlags.Read | LinuxNative.OpenFlags.NonBlocking);
        Check(LinuxNative.ChangeMode(LinuxPath.Number(handle), (uint)mode), "be given permissions", path);
    }

    public static void CreateDirectory(string path)
    {
        using var directory = LinuxPath.OpenParent(path, out var name);
        Check(LinuxNative.MakeDirectoryAt(LinuxPath.Number(directory), name, NewDirectory), "be made", path);
    }

    public static bool TryRemoveDirectory(string path)
    {
        using var directory = LinuxPath.OpenParent(path, out var name);
        if (LinuxNative.UnlinkAt(LinuxPath.Number(directory), name, LinuxNative.RemoveDirectory) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is LinuxNative.Errors.NotEmpty or LinuxNative.Errors.Exists or LinuxNative.Errors.NoEntry or LinuxNative.Errors.NotADirectory
            ? false
            : throw LinuxPath.Error("be removed", path);
    }

    public static void Flush(string path)
    {
        using var handle = LinuxPath.Open(path, LinuxNative.OpenFlags.Read | LinuxNative.OpenFlags.NonBlocking);
        Check(LinuxNative.Fsync(LinuxPath.Number(handle)), "be brought onto the disk", path);
    }

    private static void Check(int result, string what, string path)
    {
        if (result != 0)
        {
            throw LinuxPath.Error(what, path);
        }
    }

    private static FileEntry ToEntry(in LinuxNative.StatxBuffer buffer)
    {
        var kind = (buffer.Mode & 0xF000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Directory,
            0xA000 => EntryKind.Link,
            _ => EntryKind.Other,
        };
        var device = ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor;
        return new FileEntry(kind, (long)buffer.Size, (UnixFileMode)buffer.Mode & Permissions, new FileIdentity(device, buffer.Inode))
        {
            Changed = (buffer.ChangedSeconds * 1_000_000_000) + buffer.ChangedNanoseconds,
            Links = (int)buffer.Links,
        };
    }
}
