using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>How the router trades price against quality and speed for a task.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CostProfile>))]
public enum CostProfile
{
    /// <summary>Price, quality and speed weigh alike. The default.</summary>
    Balanced = 0,

    /// <summary>The cheapest provider that can do it.</summary>
    Economy,

    /// <summary>The provider most likely to succeed.</summary>
    Quality,

    /// <summary>The provider that answers soonest.</summary>
    Fast,
}
