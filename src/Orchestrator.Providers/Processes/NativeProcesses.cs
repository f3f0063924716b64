using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Providers.Processes;

/// <summary>What .NET has no call for: signals, and finding every process of an execution.</summary>
internal static partial class NativeProcesses
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    // Places after the name in a line of /proc/…/stat.
    private const int StateField = 0;
    private const int SessionField = 3;
    private const int StartTimeField = 19;

    /// <summary>Sends the polite signal to the group that the process leads; to the process itself when it leads none, or not yet.</summary>
    public static void Ask(int processId, bool leadsGroup, StopSignal signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Between its start and its first instructions the process has no group of its own: the signal would reach nobody.
        var number = signal == StopSignal.Interrupt ? SigInt : SigTerm;
        if (!leadsGroup || Kill(-processId, number) != 0)
        {
            _ = Kill(processId, number);
        }
    }

    /// <summary>Kills a whole process group.</summary>
    public static void KillGroup(int processId)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(-processId, SigKill);
        }
    }

    /// <summary>Kills every process that carries a mark or belongs to the session. Linux only: elsewhere nothing is found.</summary>
    /// <returns>The processes that were there.</returns>
    public static IReadOnlyCollection<int> KillSurvivors(string executionId, int sessionId, long notBefore = 0)
    {
        var found = FindSurvivors(executionId, sessionId, notBefore);
        foreach (var id in found)
        {
            _ = Kill(id, SigKill);
        }

        return found;
    }

    /// <summary>The living processes that carry the mark of the execution in their first environment or among their limits, or belong to the session.</summary>
    /// <param name="executionId">The execution.</param>
    /// <param name="sessionId">The session; 0 for none.</param>
    /// <param name="notBefore">Processes that started earlier are not looked at, see <see cref="StartTimeOf"/>; 0 for all.</param>
    public static List<int> FindSurvivors(string executionId, int sessionId, long notBefore = 0)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
        {
            return found;
        }

        var marks = new Marks(
            Encoding.UTF8.GetBytes($"{ProcessEnvironment.ExecutionMarker}={executionId}\0"), ExecutionMark.Text(ExecutionMark.Of(executionId)), sessionId, notBefore);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId
                && IsOurs(folder, marks))
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>When a process started, in ticks of the kernel since the machine's; 0 when there is none, or no Linux.</summary>
    public static long StartTimeOf(int processId)
    {
        try
        {
            return OperatingSystem.IsLinux() && Stat($"/proc/{processId}") is { Length: > StartTimeField } fields
                ? long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture)
                : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string[] Stat(string folder)
    {
        // The name, in brackets, may hold anything, brackets and spaces too.
        var stat = File.ReadAllText(folder + "/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static bool IsOurs(string folder, Marks marks)
    {
        try
        {
            var fields = Stat(folder);
            if (fields[StateField] is "Z" or "X" || long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture) < marks.NotBefore)
            {
                return false;
            }

            return (marks.SessionId > 0 && int.Parse(fields[SessionField], CultureInfo.InvariantCulture) == marks.SessionId)
                || ExecutionMark.IsIn(File.ReadAllText(folder + "/limits"), marks.Limit)
                || File.ReadAllBytes(folder + "/environ").AsSpan().IndexOf(marks.Variable) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return false; // Gone meanwhile, or somebody else's.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);

    private sealed record Marks(byte[] Variable, string Limit, int SessionId, long NotBefore);
}
