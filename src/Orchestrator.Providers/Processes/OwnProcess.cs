using System.Runtime.InteropServices;

namespace Orchestrator.Providers.Processes;

/// <summary>Protects this process itself from the programs that it starts.</summary>
public static partial class OwnProcess
{
    private const int SetDumpable = 4;

    /// <summary>
    /// Keeps other processes of the same user out of this one: they can no longer read its environment, memory and open files (<c>/proc/PID</c>), nor attach to it. For hosts that
    /// have secrets in their environment or memory and run agents as their own user; call it once, before anything is started.
    /// </summary>
    /// <returns>Whether it is so: Linux only.</returns>
    /// <remarks>
    /// Holds for the life of this process and not for what it starts. It does not keep root out, nor what may trace any process (<c>CAP_SYS_PTRACE</c>): a host that runs as
    /// root gains nothing. It has a price, so that nobody pays it unasked: no core dumps, no debugger, <c>createdump</c> or <c>dotnet-dump</c> on this process but by root, and this
    /// process' own code can no longer open those files of <c>/proc/self</c> that are its owner's alone, <c>environ</c> and <c>mem</c>. Thread-safe.
    /// </remarks>
    public static bool TryHide() => OperatingSystem.IsLinux() && Control(SetDumpable, 0, 0, 0, 0) == 0;

    /// <summary>Takes it back, for tests.</summary>
    internal static void Show()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetDumpable, 1, 0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);
}
