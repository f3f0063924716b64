using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Containers.Local.Processes;

/// <summary>What .NET has no call for.</summary>
internal static partial class NativeCalls
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    // Of Linux: other systems number these two differently.
    public const int LinuxSigCont = 18;
    public const int LinuxSigStop = 19;

    private const int KeepSize = 1;
    private const int PunchHole = 2;

    private const int NotPermitted = 1;

    /// <summary>Sends a signal to a process, or, negated, to a process group.</summary>
    public static bool Signal(int processId, int signal) => Kill(processId, signal) == 0;

    /// <summary>Sends a signal.</summary>
    /// <returns>False when this user may not; true also when there is no such process any more.</returns>
    public static bool MaySignal(int processId, int signal) => Kill(processId, signal) == 0 || Marshal.GetLastPInvokeError() != NotPermitted;

    /// <summary>Gives the blocks of the first bytes of a file back to the file system; they read as zeros then, and nothing moves.</summary>
    /// <returns>Whether the file system can.</returns>
    public static bool TryFreeStart(SafeFileHandle file, long bytes) =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && FAllocate(file, PunchHole | KeepSize, 0, bytes) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);
}
