using Orchestrator.Routing.Decisions;

namespace Orchestrator.Routing;

/// <summary>A decision that was made again from its record.</summary>
public sealed record RoutingReplay
{
    /// <summary>What was recorded.</summary>
    public required RoutingRecord Record { get; init; }

    /// <summary>The decision as it comes out now.</summary>
    public required RoutingDecision Replayed { get; init; }

    /// <summary>Why, with every candidate. Messages of health checks are not recorded and therefore not in it.</summary>
    public required RoutingExplanation Explanation { get; init; }

    /// <summary>Where the two differ, one sentence each; empty when they are the same.</summary>
    public required ValueList<string> Differences { get; init; }

    /// <summary>The decision as it was recorded.</summary>
    public RoutingDecision Recorded => Record.Decision;

    /// <summary>Whether the same came out.</summary>
    public bool IsSame => Differences.Count == 0;
}
