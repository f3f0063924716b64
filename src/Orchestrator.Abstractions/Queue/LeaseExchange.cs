using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>What came of ending tasks and taking new ones in one transaction.</summary>
public sealed record LeaseExchange
{
    /// <summary>Whether each lease held, in the order of the outcomes; an outcome whose lease was lost changed nothing.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<LeaseStatus>))]
    public ValueList<LeaseStatus> Ended { get; init => field = value ?? []; } = [];

    /// <summary>The tasks taken, the most urgent first; none when none were asked for or none can run.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<TaskLease>))]
    public ValueList<TaskLease> Leased { get; init => field = value ?? []; } = [];
}
