using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>One attempt of one provider, in a report.</summary>
public sealed record AttemptReport
{
    /// <summary>The attempt's identity.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it did not work; <see langword="null"/> when it did.</summary>
    public AgentFailure? Failure { get; init; }
}
