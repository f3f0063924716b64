using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>What was learned about one provider.</summary>
public sealed record ProviderEstimates
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; init => field = value ?? ""; }

    /// <summary>One entry for each type and complexity of which something was seen.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<TaskEstimates>))]
    public ValueList<TaskEstimates> Tasks { get; init => field = value ?? []; } = [];
}
