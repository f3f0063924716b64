using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>What one routing call must respect beside the task itself.</summary>
public sealed record RoutingConstraints
{
    /// <summary>Providers that were tried for this task already.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> AlreadyTried { get; init => field = value ?? []; } = [];

    /// <summary>Providers that the caller does not want.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Excluded { get; init => field = value ?? []; } = [];

    /// <summary>The size of the request in tokens, when known.</summary>
    public long? EstimatedTokens { get; init => field = Require.OptionalAtLeast(value, 0); }
}
