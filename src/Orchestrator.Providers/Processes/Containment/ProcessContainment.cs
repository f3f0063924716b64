namespace Orchestrator.Providers.Processes;

/// <summary>How surely this system lets us end everything that an agent starts. Found out once, by trying.</summary>
/// <remarks>
/// The best there is is used: a control group of its own for each process (cgroup v2, where this process may make groups below its own), which the kernel kills as a
/// whole; else an inherited resource limit that serves as a mark (Linux with <c>prlimit</c>); and always the session, the process tree and a mark in the environment.
/// </remarks>
public static class ProcessContainment
{
    private static readonly Lazy<ContainmentMeans> Means = new(static () => new ContainmentMeans(ControlGroups.Detect(), ExecutionMark.Detect()));

    /// <summary>Whether the kernel itself holds the processes of an execution together, so that none can get away.</summary>
    public static bool IsComplete => Means.Value.Groups is not null;

    /// <summary>What holds processes here, and what may get away; for people.</summary>
    public static string Description => Describe(Means.Value);

    internal static ContainmentMeans Detected => Means.Value;

    internal static string Describe(ContainmentMeans means) => means switch
    {
        { Groups: not null } => "processes are held by control groups (cgroup v2): none gets away",
        { SetsMarks: true } => "processes are found by an inherited mark, their session and their environment: only one that resets its own resource limits gets away, where it has the right to",
        _ when OperatingSystem.IsLinux() => "processes are found by their session and environment: one that makes a session of its own and wipes its environment gets away; install util-linux (prlimit), or run in a container",
        _ => "processes are found by their process tree: one whose parent ended gets away; run in a container",
    };
}
