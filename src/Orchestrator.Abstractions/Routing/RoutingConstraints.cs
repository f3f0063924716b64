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

    /// <summary>A provider must offer a model with more room than this, in tokens; set after a request did not fit.</summary>
    public long? MoreContextThan { get; init => field = Require.OptionalAtLeast(value, 0); }

    /// <summary>What may still be spent on the task, in US dollars; <see langword="null"/> for its <see cref="Orchestrator.Tasks.AgentTask.MaxCostUsd"/>.</summary>
    public decimal? RemainingUsd { get; init => field = Require.OptionalAtLeast(value, 0m); }

    /// <summary>The size of the request in tokens, when known.</summary>
    public long? EstimatedTokens { get; init => field = Require.OptionalAtLeast(value, 0); }
}
