namespace Orchestrator.Containers.Local.Processes;

/// <summary>What an operating system tells of its processes, and how it ends them.</summary>
/// <remarks>Every call is about a run, which it recognises by its start too: a process that merely has the same id is never touched. Thread-safe.</remarks>
internal interface IProcessTable
{
    /// <summary>Names the machine's run: another one after each start of the machine.</summary>
    string Boot { get; }

    /// <summary>The program, put before a command, that gives it a session of its own; <see langword="null"/> when there is none.</summary>
    string? SessionTool { get; }

    /// <summary>When a process started; 0 when there is none, or it has ended.</summary>
    long StartTimeOf(int processId);

    /// <summary>Asks the program to end; it alone, as in a container: what it started is its to end.</summary>
    /// <returns>Whether it was asked; where a system has no way to, it must be killed.</returns>
    bool Ask(ProcessRun run);

    /// <summary>Kills what is found of the run, once.</summary>
    /// <param name="run">The run.</param>
    /// <param name="wasSeen">Whether its program was seen alive a moment ago: its session is then still its own, even when it has ended.</param>
    /// <returns>Whether anything was found that this user may kill: then look again.</returns>
    bool Kill(ProcessRun run, bool wasSeen);

    /// <summary>Stops what is found of the run from running, once.</summary>
    /// <returns>Whether anything was found that was not stopped yet and this user may stop: then look again.</returns>
    bool Freeze(ProcessRun run);

    /// <summary>Lets what <see cref="Freeze"/> stopped go on.</summary>
    void Thaw(ProcessRun run);

    /// <summary>What the run uses.</summary>
    ContainerUsage GetUsage(ProcessRun run);
}
