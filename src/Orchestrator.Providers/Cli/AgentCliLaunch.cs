namespace Orchestrator.Providers.Cli;

/// <summary>How a run of an agent CLI is started.</summary>
internal sealed record AgentCliLaunch
{
    /// <summary>The arguments. The prompt is not among them: it comes on standard input, which is then closed.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables beside those that every agent gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings files by their path below the run's home, with slashes. They never hold a secret.</summary>
    public IReadOnlyDictionary<string, string> HomeFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>A file that the CLI writes its usage to when it ends, absolute; <see langword="null"/> for a CLI that prints it.</summary>
    public string? UsageFile { get; init; }
}
