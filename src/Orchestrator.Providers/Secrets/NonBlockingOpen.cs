using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Secrets;

/// <summary>Opens a file for reading without waiting for anybody: a pipe with no writer would hold an ordinary open for ever.</summary>
internal static partial class NonBlockingOpen
{
    private const int NoSuchFile = 2;
    private const int NotAllowed = 13;

    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Read(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return File.OpenHandle(path);
        }

        // O_RDONLY | O_NONBLOCK | O_CLOEXEC
        var descriptor = Open(path, OperatingSystem.IsLinux() ? 0x800 | 0x80000 : 0x4 | 0x1000000);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        throw error switch
        {
            NoSuchFile => new FileNotFoundException(),
            NotAllowed => new UnauthorizedAccessException(),
            _ => new IOException($"it cannot be opened (error {error})."),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
