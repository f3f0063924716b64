using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>A decision with everything that led to it.</summary>
public sealed record RoutingExplanation
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The decision that would be made now.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>Every provider, eligible ones first, best first.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<CandidateExplanation>))]
    public required ValueList<CandidateExplanation> Candidates { get; init => field = Require.NotNull(value); }
}
