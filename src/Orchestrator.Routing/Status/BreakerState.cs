using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>How a circuit breaker stands.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<BreakerState>))]
public enum BreakerState
{
    /// <summary>Lets everything through. Also a state that this version does not know.</summary>
    Closed = 0,

    /// <summary>Lets nothing through.</summary>
    Open,

    /// <summary>Lets one attempt through, which decides.</summary>
    HalfOpen,
}
