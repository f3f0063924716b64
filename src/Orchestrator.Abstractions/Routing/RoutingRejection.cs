using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>Why no provider can do a task: a value, never an exception.</summary>
public sealed record RoutingRejection
{
    /// <summary>One sentence for people that names the fix.</summary>
    public required string Message { get; init => field = Require.Text(value); }

    /// <summary>Every provider with its reason.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<CandidateExplanation>))]
    public ValueList<CandidateExplanation> Candidates { get; init => field = value ?? []; } = [];

    /// <summary>The earliest time at which a provider may become eligible by itself; <see langword="null"/> when none will.</summary>
    public DateTimeOffset? EligibleAt { get; init; }
}
