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

    /// <summary>Kills every process that carries the mark or belongs to the session. Linux only: elsewhere nothing is found.</summary>
    /// <returns>The processes that were there.</returns>
    public static IReadOnlyCollection<int> KillSurvivors(string executionId, int sessionId)
    {
        var found = FindSurvivors(executionId, sessionId);
        foreach (var id in found)
        {
            _ = Kill(id, SigKill);
        }

        return found;
    }

    /// <summary>The living processes that carry the mark in their first environment, or belong to the session.</summary>
    public static List<int> FindSurvivors(string executionId, int sessionId)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
        {
            return found;
        }

        var mark = Encoding.UTF8.GetBytes($"{ProcessEnvironment.ExecutionMarker}={executionId}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId
                && IsOurs(folder, mark, sessionId))
            {
                found.Add(id);
            }
        }

        return found;
    }

    private static bool IsOurs(string folder, byte[] mark, int sessionId)
    {
        try
        {
            var stat = File.ReadAllText(folder + "/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X")
            {
                return false;
            }

            return (sessionId > 0 && int.Parse(fields[3], CultureInfo.InvariantCulture) == sessionId)
                || File.ReadAllBytes(folder + "/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return false; // Gone meanwhile, or somebody else's.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
