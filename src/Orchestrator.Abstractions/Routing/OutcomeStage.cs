using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>At which point an outcome is known.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OutcomeStage>))]
public enum OutcomeStage
{
    /// <summary>The attempt ended: says something about health, limits and cost.</summary>
    Ended = 0,

    /// <summary>The result was applied and verified, or refused: says something about quality. Only this is learned from.</summary>
    Verified,
}
