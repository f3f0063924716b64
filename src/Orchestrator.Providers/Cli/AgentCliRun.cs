using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>One run of an agent CLI: what its profile makes a command line and a parser of.</summary>
internal sealed record AgentCliRun
{
    public required AgentExecution Execution { get; init; }

    public required AgentWorkspace Workspace { get; init; }

    public required AgentCliOptions Options { get; init; }

    /// <summary>The arguments of the options and of the execution; profiles put them after their own.</summary>
    public IEnumerable<string> MoreArguments => Options.ExtraArguments.Concat(Execution.Arguments);

    /// <summary>The model; <see langword="null"/> for the CLI's default.</summary>
    public required string? Model { get; init; }

    /// <summary>Where the agent finds the model: our proxy, a gateway or the vendor; <see langword="null"/> for a CLI that takes no address.</summary>
    public required string? BaseUrl { get; init; }

    /// <summary>The key that the agent gets: one of this run only when the proxy stands between, else the real one.</summary>
    public required SecretValue ApiKey { get; init; }

    /// <summary>Whether our own confinement holds its writes, so that its own sandbox is not needed.</summary>
    public required bool IsConfined { get; init; }

    /// <summary>Whether it runs in a container, where paths of this machine mean nothing.</summary>
    public required bool IsInContainer { get; init; }

    /// <summary>What tokens cost with the run's model; <see langword="null"/> when nobody knows.</summary>
    public required Func<TokenUsage, decimal?> CostOf { get; init; }
}
