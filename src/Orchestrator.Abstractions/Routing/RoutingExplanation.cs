using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>A decision with everything that led to it.</summary>
public sealed record RoutingExplanation
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The decision: the one that would be made now, or the one that was made and is explained afterwards.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>Every provider, eligible ones first, best first.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<CandidateExplanation>))]
    public required ValueList<CandidateExplanation> Candidates { get; init => field = Require.NotNull(value); }

    /// <summary>The selection policy that chose among the eligible candidates.</summary>
    public string Policy { get; init => field = value ?? ""; } = "";

    /// <summary>What happened on the way: the rule that matched, the session's provider, the arm of an experiment, each in one sentence.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Notes { get; init => field = value ?? []; } = [];
}
