using System.Runtime.InteropServices;

namespace Orchestrator.Patching;

/// <summary>The few system calls that .NET does not offer.</summary>
internal static unsafe partial class LinuxNative
{
    public const int CurrentDirectory = -100;
    public const int NoFollowEnd = 0x100;
    public const int RemoveDirectory = 0x200;
    public const int EmptyPath = 0x1000;
    public const uint BasicStats = 0x7ff;
    public const uint NoReplace = 1;
    public const uint Exchange = 2;

    private const int ResolveNoMagicLinks = 2;
    private const int ResolveNoLinks = 4;
    private const int OpenAt2Number = 437;

    private static readonly nint RenameAt2Number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 316,
        Architecture.X86 => 353,
        Architecture.Arm => 382,
        Architecture.S390x => 347,
        Architecture.Ppc64le => 357,
        _ => 276,
    };

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int directory, string path, int flags, uint mode);

    /// <summary>Opens a path none of whose components may be a link.</summary>
    public static int OpenWithoutLinks(int directory, string path, int flags, uint mode)
    {
        var how = new OpenHow { Flags = (ulong)flags, Mode = mode, Resolve = ResolveNoLinks | ResolveNoMagicLinks };
        return (int)OpenAt2(OpenAt2Number, directory, path, &how, sizeof(OpenHow));
    }

    public static int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags) =>
        (int)RenameAt2(RenameAt2Number, fromDirectory, from, toDirectory, to, flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(int fromDirectory, string from, int toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(int directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectoryAt(int directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(string target, int directory, string name);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLinkAt(int directory, string name, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* RealPath(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(int descriptor, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListAttributes(int descriptor, byte* names, nint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true)]
    public static partial nint GetAttribute(int descriptor, byte* name, byte* value, nint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true)]
    public static partial int SetAttribute(int descriptor, byte* name, byte* value, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncRange(int descriptor, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenAt2(nint number, nint directory, string path, OpenHow* how, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RenameAt2(nint number, nint fromDirectory, string from, nint toDirectory, string to, nuint flags);

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>Numbers of errors that mean something to us; the same on every architecture that .NET runs on.</summary>
    public static class Errors
    {
        public const int NotPermitted = 1;
        public const int NoEntry = 2;
        public const int Interrupted = 4;
        public const int TryAgain = 11;
        public const int AccessDenied = 13;
        public const int Exists = 17;
        public const int NotADirectory = 20;
        public const int Invalid = 22;
        public const int NoSystemCall = 38;
        public const int NotEmpty = 39;
        public const int NotSupported = 95;
    }

    /// <summary>How to open. Two flags differ on ARM.</summary>
    public static class OpenFlags
    {
        public const int Read = 0;
        public const int ReadWrite = 2;
        public const int Create = 0x40;
        public const int CreateNew = Create | 0x80;
        public const int NonBlocking = 0x800;
        public const int CloseOnExec = 0x80000;
        public const int PathOnly = 0x200000;

        private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

        public static int Directory => IsArm ? 0x4000 : 0x10000;

        public static int NoFollow => IsArm ? 0x8000 : 0x20000;
    }

    /// <summary>The result of statx: the same layout on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatxBuffer
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
