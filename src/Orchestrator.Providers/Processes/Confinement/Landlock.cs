using System.Runtime.InteropServices;

namespace Orchestrator.Providers.Processes;

/// <summary>The three calls of Linux' Landlock, limited to what writing needs.</summary>
internal static partial class Landlock
{
    private const int SysCreateRuleset = 444;
    private const int SysAddRule = 445;
    private const int SysRestrictSelf = 446;
    private const uint CreateRulesetVersion = 1;
    private const int RulePathBeneath = 1;
    private const int SetNoNewPrivileges = 38;
    private const int OpenPath = 0x200000;
    private const int OpenCloseOnExec = 0x80000;

    private const ulong WriteFile = 1 << 1;
    private const ulong RemoveAndMake = 0x1FF0; // REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, _DIR, _REG, _SOCK, _FIFO, _BLOCK, _SYM
    private const ulong MakeDevices = (1 << 6) | (1 << 11); // MAKE_CHAR, MAKE_BLOCK
    private const ulong MakeSocket = 1 << 9;
    private const ulong Refer = 1 << 13; // since version 2
    private const ulong Truncate = 1 << 14; // since version 3
    private const ulong ScopeSignal = 1 << 1; // since version 6: it cannot kill processes outside

    /// <summary>The kernel's version of Landlock; 0 when there is none.</summary>
    public static int ProbeVersion()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return 0;
        }

        return (int)Math.Max(0, ProbeCall(SysCreateRuleset, 0, 0, CreateRulesetVersion));
    }

    /// <summary>Takes from the calling thread, for ever, the right to write anywhere but beneath the paths. Nowhere can it make device files: one is a door to what lies behind.</summary>
    public static void RestrictCurrentThread(int version, IReadOnlyList<string> writablePaths)
    {
        var handled = WriteFile | RemoveAndMake | (version >= 2 ? Refer : 0) | (version >= 3 ? Truncate : 0);
        var attributes = new RulesetAttributes { HandledAccessFileSystem = handled, Scoped = version >= 6 ? ScopeSignal : 0 };
        var size = version >= 6 ? 24u : version >= 4 ? 16u : 8u;
        var ruleset = (int)Check(CreateCall(SysCreateRuleset, in attributes, size, 0), "landlock_create_ruleset");
        try
        {
            foreach (var path in writablePaths)
            {
                Allow(ruleset, path, Directory.Exists(path) ? handled & ~MakeDevices : handled & (WriteFile | Truncate));
            }

            // .NET's compiler tools put their named pipes in /tmp whatever TMPDIR says. A socket holds no data, so this much is allowed there.
            Allow(ruleset, "/tmp", MakeSocket);

            Check(Control(SetNoNewPrivileges, 1, 0, 0, 0), "prctl");
            Check(RestrictCall(SysRestrictSelf, ruleset, 0), "landlock_restrict_self");
        }
        finally
        {
            _ = Close(ruleset);
        }
    }

    private static void Allow(int ruleset, string path, ulong access)
    {
        var descriptor = Open(path, OpenPath | OpenCloseOnExec);
        if (descriptor < 0)
        {
            return; // Not there: nothing to allow.
        }

        try
        {
            // The kernel's structure is packed: 8 bytes of rights, 4 bytes of descriptor.
            var rule = new PathBeneath { AllowedAccess = access, ParentDescriptor = descriptor };
            Check(AddRuleCall(SysAddRule, ruleset, RulePathBeneath, in rule, 0), "landlock_add_rule");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static long Check(long result, string call) => result >= 0
        ? result
        : throw new ProcessStartException(call, $"the kernel refused to confine it (error {Marshal.GetLastPInvokeError()}).");

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long ProbeCall(long number, nint attributes, nuint size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long CreateCall(long number, in RulesetAttributes attributes, nuint size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long AddRuleCall(long number, int ruleset, int kind, in PathBeneath rule, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long RestrictCall(long number, int ruleset, uint flags);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct RulesetAttributes
    {
        public ulong HandledAccessFileSystem;
        public ulong HandledAccessNetwork;
        public ulong Scoped;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PathBeneath
    {
        public ulong AllowedAccess;
        public int ParentDescriptor;
    }
}
