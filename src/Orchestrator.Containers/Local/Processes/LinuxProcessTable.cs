using System.Globalization;
using System.Text;

namespace Orchestrator.Containers.Local.Processes;

/// <summary>Processes as Linux shows them in <c>/proc</c>.</summary>
/// <remarks>
/// A run's processes are its program, all that carry the run's mark in their first environment, all of the program's session, and all that descend from these.
/// One that wipes its environment, makes a session of its own and outlives its parent is not found.
/// One that belongs to another user, as a program with the set-user-ID bit does, is out of reach of signals and is left as it is.
/// </remarks>
internal sealed class LinuxProcessTable : IProcessTable
{
    // What the kernel counts processor time in, on every architecture that .NET runs on.
    private const long TicksPerSecond = 100;

    private static readonly string[] SessionTools = ["/usr/bin/setsid", "/bin/setsid"];

    public string Boot { get; } = ReadBoot();

    public string? SessionTool { get; } = Array.Find(SessionTools, File.Exists);

    public long StartTimeOf(int processId) => LinuxProcess.Read(processId) is { HasEnded: false } process ? process.StartTime : 0;

    public bool Ask(ProcessRun run)
    {
        if (!IsLeaderAlive(run))
        {
            return true;
        }

        // A frozen program cannot answer: it goes on to end.
        NativeCalls.Signal(run.ProcessId, NativeCalls.SigTerm);
        Thaw(run);
        return true;
    }

    public bool Kill(ProcessRun run, bool wasSeen)
    {
        if (SessionTool is not null && IsLeaderAlive(run))
        {
            NativeCalls.Signal(-run.ProcessId, NativeCalls.SigKill);
        }

        return SignalAll(Find(run, wasSeen), NativeCalls.SigKill);
    }

    public bool Freeze(ProcessRun run) => SignalAll(Find(run).Where(static process => !process.IsStopped), NativeCalls.LinuxSigStop);

    // All of them: one that is being stopped just now does not look so yet, and going on takes that back too.
    public void Thaw(ProcessRun run) => SignalAll(Find(run), NativeCalls.LinuxSigCont);

    public ContainerUsage GetUsage(ProcessRun run)
    {
        var found = Find(run);
        return new ContainerUsage(
            TimeSpan.FromTicks(found.Sum(static process => process.Ticks) * (TimeSpan.TicksPerSecond / TicksPerSecond)),
            found.Sum(static process => process.ResidentPages) * Environment.SystemPageSize,
            found.Count);
    }

    /// <summary>The living processes of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="wasSeen">Whether its program was seen alive a moment ago.</param>
    internal List<LinuxProcess> Find(ProcessRun run, bool wasSeen = false)
    {
        if (run.Boot != Boot)
        {
            return [];
        }

        // Nothing of the run is older than its program.
        var candidates = Ids().Select(LinuxProcess.Read).OfType<LinuxProcess>()
            .Where(process => !process.HasEnded && process.StartTime >= run.StartTime && process.Id != Environment.ProcessId).ToList();
        var mark = Encoding.UTF8.GetBytes(run.Mark + '\0');
        var found = new HashSet<int>(candidates.Where(process => IsLeader(process, run) || Carries(process.Id, mark)).Select(static process => process.Id));

        // The session is ours when one of ours is in it, or was in it just now; else its number may be another's.
        var isOurs = candidates.Any(process => found.Contains(process.Id) && process.SessionId == run.ProcessId)
            || (wasSeen && (LinuxProcess.Read(run.ProcessId) is not { } leader || IsLeader(leader, run)));
        if (SessionTool is not null && isOurs)
        {
            found.UnionWith(candidates.Where(process => process.SessionId == run.ProcessId).Select(static process => process.Id));
        }

        int before;
        do
        {
            before = found.Count;
            found.UnionWith(candidates.Where(process => found.Contains(process.ParentId)).Select(static process => process.Id));
        }
        while (found.Count > before);

        return candidates.FindAll(process => found.Contains(process.Id));
    }

    private static bool IsLeader(LinuxProcess process, ProcessRun run) => process.Id == run.ProcessId && process.StartTime == run.StartTime;

    private static IEnumerable<int> Ids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                yield return id;
            }
        }
    }

    private static bool Carries(int id, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // Gone meanwhile, or somebody else's.
        }
    }

    private static bool SignalAll(IEnumerable<LinuxProcess> processes, int signal)
    {
        var any = false;
        foreach (var process in processes)
        {
            // One that has become another user's cannot be reached, however often it is tried.
            any |= NativeCalls.MaySignal(process.Id, signal);
        }

        return any;
    }

    private static string ReadBoot()
    {
        try
        {
            // Ids mean something only within their namespace too: that of another container may share the directory.
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + ' ' + new FileInfo("/proc/self/ns/pid").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private bool IsLeaderAlive(ProcessRun run) => run.Boot == Boot && run.StartTime > 0 && StartTimeOf(run.ProcessId) == run.StartTime;
}
