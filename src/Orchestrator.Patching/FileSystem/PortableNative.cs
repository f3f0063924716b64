using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>The calls of macOS and Windows that exchange files, and tell where an open file really is.</summary>
internal static unsafe partial class PortableNative
{
    private const uint MacSwap = 2;
    private const uint MacExclusive = 4;
    private const uint MacAll = 0b111;
    private const int MacNotSupported = 45;
    private const int MaxPath = 1024;
    private const int MaxWindowsPath = 32768;

    [SupportedOSPlatform("macos")]
    public static bool TrySwap(string path, string other)
    {
        if (RenameMac(path, other, MacSwap) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is MacNotSupported or LinuxNative.Errors.Invalid ? false : throw new IOException($"'{path}' cannot be exchanged (error {error}).");
    }

    /// <summary>Renames without replacing; <see langword="false"/> when the file system cannot.</summary>
    [SupportedOSPlatform("macos")]
    public static bool TryMove(string from, string to)
    {
        if (RenameMac(from, to, MacExclusive) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is MacNotSupported or LinuxNative.Errors.Invalid ? false : throw new IOException($"'{from}' cannot be renamed (error {error}).");
    }

    /// <summary>Copies permissions, times, access control list and extended attributes.</summary>
    [SupportedOSPlatform("macos")]
    public static bool TryCopyAttributes(SafeFileHandle from, SafeFileHandle to) =>
        CopyFile((int)from.DangerousGetHandle(), (int)to.DangerousGetHandle(), 0, MacAll) == 0;

    [UnsupportedOSPlatform("windows")]
    public static string? RealPath(string path)
    {
        var buffer = stackalloc byte[MaxPath + 1];
        return LinuxNative.RealPath(path, buffer) == null ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    /// <summary>The path of an open file, links resolved; without the prefix for long paths.</summary>
    [SupportedOSPlatform("windows")]
    public static string FinalPath(SafeFileHandle handle)
    {
        var buffer = new char[MaxWindowsPath];
        uint length;
        fixed (char* first = buffer)
        {
            length = GetFinalPath(handle, first, MaxWindowsPath, 0);
        }

        if (length == 0 || length >= MaxWindowsPath)
        {
            throw new IOException($"The path of an open file is not known (error {Marshal.GetLastPInvokeError()}).");
        }

        var path = new string(buffer, 0, (int)length);
        return path.StartsWith(@"\\?\UNC\", StringComparison.Ordinal) ? @"\\" + path[8..]
            : path.StartsWith(@"\\?\", StringComparison.Ordinal) ? path[4..]
            : path;
    }

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameMac(string from, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "fcopyfile", SetLastError = true)]
    private static partial int CopyFile(int from, int to, nint state, uint flags);

    [LibraryImport("kernel32", EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true)]
    private static partial uint GetFinalPath(SafeFileHandle handle, char* path, uint length, uint flags);
}
