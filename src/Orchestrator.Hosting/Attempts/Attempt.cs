using Orchestrator.Patching;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>What came of one attempt of one provider: a file with its changes, or a failure.</summary>
internal sealed record Attempt
{
    public required string ExecutionId { get; init; }

    /// <summary>The changes; <see langword="null"/> when it failed.</summary>
    public CollectedPatch? Collected { get; init; }

    public AgentFailure? Failure { get; init; }

    /// <summary>The changes of a provider that works elsewhere, before they are collected.</summary>
    public PatchSet? Patch { get; init; }

    public string Summary { get; init; } = "";

    /// <summary>How many times the agent was refused a tool.</summary>
    public int RefusedTools { get; init; }

    public string? Model { get; init; }

    public string? SessionId { get; init; }

    public TokenUsage Usage { get; init; } = new();

    public decimal? CostUsd { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>The changes as text for the execution log; <see langword="null"/> when there are none or they are too large to keep there.</summary>
    public string? PatchText { get; init; }
}

/// <summary>The changes of an attempt as they are kept.</summary>
/// <param name="File">The git diff.</param>
/// <param name="TreeId">The tree that they make of the base.</param>
/// <param name="Files">How many files they change.</param>
/// <param name="Bytes">The length of the diff.</param>
internal sealed record CollectedPatch(string File, string TreeId, int Files, int Bytes);
