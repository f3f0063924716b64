using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Secrets;

/// <summary>Which file it is, of what kind and whose, as Linux tells; .NET has no call for the owner.</summary>
internal readonly partial record struct FileIdentity(uint Owner, ushort Mode, ulong Inode, ulong Device)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7FF;
    private const ushort KindBits = 0xF000;
    private const ushort RegularFile = 0x8000;
    private const ushort OthersWrite = 0x12; // Of the group and of everybody.
    private const int FileSystemFlags = 72; // Of struct statvfs where a long has 64 bits: behind nine fields of 8 bytes.
    private const long ReadOnly = 1;

    /// <summary>The user that this process acts as.</summary>
    public static uint CurrentUser => GetEffectiveUser();

    /// <summary>Whether it is a file, and no pipe, socket, device or directory.</summary>
    public bool IsRegular => (Mode & KindBits) == RegularFile;

    /// <summary>Whether its group or everybody may write to it.</summary>
    public bool IsWritableByOthers => (Mode & OthersWrite) != 0;

    /// <summary>Whether it belongs to this user or to root.</summary>
    public bool IsTrusted => Owner == 0 || Owner == CurrentUser;

    /// <summary>That of an open file.</summary>
    public static FileIdentity Of(SafeFileHandle file)
    {
        // The structure of the call is the same on every machine: owner at 20, mode at 28, inode at 32, device at 136.
        var buffer = new byte[256];
        Check(StatOpen(file, "", EmptyPath, BasicStatistics, buffer));
        return Read(buffer);
    }

    /// <summary>That of what stands under a name.</summary>
    /// <param name="path">The name.</param>
    /// <param name="follow">Whether a link's target is meant, or the link itself.</param>
    public static FileIdentity OfName(string path, bool follow = false)
    {
        var buffer = new byte[256];
        Check(StatName(CurrentDirectory, path, follow ? 0 : NoFollow, BasicStatistics, buffer));
        return Read(buffer);
    }

    /// <summary>Whether it lies on what is mounted for reading only: nobody who sees it here can write to it, whatever its mode and owner.</summary>
    public static bool IsReadOnlyMount(string path)
    {
        // Not access(2): it looks at the mode first, and then only root hears of the mount.
        var buffer = new byte[256];
        return Environment.Is64BitProcess && StatFileSystem(path, buffer) == 0 && (BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(FileSystemFlags)) & ReadOnly) != 0;
    }

    private static FileIdentity Read(byte[] buffer) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(20)), BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(28)),
        BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(32)), BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(136)));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new IOException($"Its owner cannot be found out (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatFileSystem(string path, [Out] byte[] buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatOpen(SafeFileHandle file, string path, int flags, uint mask, [Out] byte[] buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatName(int directory, string path, int flags, uint mask, [Out] byte[] buffer);
}
