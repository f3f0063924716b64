using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Secrets;

/// <summary>Which file it is and whose, as Linux tells; .NET has no call for the owner.</summary>
internal readonly partial record struct FileIdentity(uint Owner, ulong Inode, ulong Device)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7FF;

    /// <summary>The user that this process acts as.</summary>
    public static uint CurrentUser => GetEffectiveUser();

    /// <summary>That of an open file.</summary>
    public static FileIdentity Of(SafeFileHandle file)
    {
        // The structure of the call is the same on every machine: owner at 20, inode at 32, device at 136.
        var buffer = new byte[256];
        Check(StatOpen(file, "", EmptyPath, BasicStatistics, buffer));
        return Read(buffer);
    }

    /// <summary>That of what stands under a name, a link itself and not its target.</summary>
    public static FileIdentity OfName(string path)
    {
        var buffer = new byte[256];
        Check(StatName(CurrentDirectory, path, NoFollow, BasicStatistics, buffer));
        return Read(buffer);
    }

    private static FileIdentity Read(byte[] buffer) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(20)), BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(32)), BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(136)));

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

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatOpen(SafeFileHandle file, string path, int flags, uint mask, [Out] byte[] buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatName(int directory, string path, int flags, uint mask, [Out] byte[] buffer);
}
