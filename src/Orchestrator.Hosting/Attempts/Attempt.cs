using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>What came of one attempt of one provider: a file with its changes, or a failure.</summary>
internal sealed record Attempt
{
    public required string ExecutionId { get; init; }

    public string? PatchFile { get; init; }

    public AgentFailure? Failure { get; init; }

    public string Summary { get; init; } = "";

    public string? Model { get; init; }

    public string? SessionId { get; init; }

    public TokenUsage Usage { get; init; } = new();

    public decimal? CostUsd { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>The changes as text for the execution log; <see langword="null"/> when there are none or they are too large to keep there.</summary>
    public string? PatchText { get; init; }
}
