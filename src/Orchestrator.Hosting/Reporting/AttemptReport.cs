using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>One attempt of one provider, in a report.</summary>
public sealed record AttemptReport
{
    /// <summary>The attempt's identity.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The decision that led to it; <see langword="null"/> in a report of an older version.</summary>
    public Guid? DecisionId { get; init; }

    /// <summary>The model that was asked for; <see langword="null"/> for the provider's default.</summary>
    public string? Model { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it did not work; <see langword="null"/> when it did.</summary>
    public AgentFailure? Failure { get; init; }
}
