using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>What decided a routing.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RoutingReason>))]
public enum RoutingReason
{
    /// <summary>Nothing was decided, or a reason that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The task names its provider.</summary>
    Override,

    /// <summary>A rule of the configuration matched.</summary>
    Rule,

    /// <summary>The session stayed with its provider.</summary>
    Sticky,

    /// <summary>It was the only candidate.</summary>
    OnlyCandidate,

    /// <summary>It had the best score.</summary>
    BestScore,

    /// <summary>An experiment or canary chose it.</summary>
    Experiment,

    /// <summary>Every candidate was rejected.</summary>
    NoCandidate,

    /// <summary>A selection policy chose it among the eligible ones by other means than the best score.</summary>
    Policy,

    /// <summary>It was tried to learn about it: chance gave it a share of the traffic.</summary>
    Exploration,
}
