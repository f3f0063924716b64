namespace Orchestrator.Providers.Processes;

/// <summary>A process to run: what, where, with which environment, for how long and where it may write.</summary>
public sealed record ProcessRequest
{
    /// <summary>The program and its arguments; never interpreted by a shell.</summary>
    public required CommandLine Command { get; init; }

    /// <summary>The directory it starts in, absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The whole environment: nothing of this process' own environment is added, see <see cref="ProcessEnvironment"/>.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Marks the process and all it starts, by the variable <see cref="ProcessEnvironment.ExecutionMarker"/>, so that survivors can be found.</summary>
    /// <remarks>Everything that carries the mark is killed when the process ends: two processes of one id must not run at the same time.</remarks>
    public required string ExecutionId { get; init; }

    /// <summary>Text for its standard input, which is then closed.</summary>
    /// <value>Empty by default: the input is closed at once.</value>
    public string StandardInput { get; init; } = "";

    /// <summary>Our clocks over it.</summary>
    public AgentTimeLimits Limits { get; init; } = new();

    /// <summary>The polite signal that asks it to stop; the kill follows after the grace time.</summary>
    /// <value><see cref="StopSignal.Terminate"/> by default.</value>
    public StopSignal StopSignal { get; init; }

    /// <summary>The only directories and files that it may write to; <see langword="null"/> for no confinement.</summary>
    /// <remarks>Kept by the Linux kernel (Landlock) where it can; see <see cref="WriteConfinement.IsSupported"/>. Missing paths are left out. Device files can be made below none of them.</remarks>
    public IReadOnlyList<string>? WritablePaths { get; init; }

    /// <summary>The longest line that is kept, in bytes; the rest of a longer one is dropped.</summary>
    /// <value>8 MiB by default.</value>
    public int MaxLineBytes { get; init; } = 8 * 1024 * 1024;
}
