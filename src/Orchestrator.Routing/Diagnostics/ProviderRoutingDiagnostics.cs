namespace Orchestrator.Routing.Diagnostics;

/// <summary>The names under which the router can be observed.</summary>
public static class ProviderRoutingDiagnostics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Orchestrator.Routing";

    /// <summary>Counts decisions, unit <c>{decision}</c>; tags <see cref="ProviderTag"/> (<c>none</c> for a rejection) and <see cref="ReasonTag"/>.</summary>
    public const string Decisions = "orchestrator.routing.decisions";

    /// <summary>Counts openings and closings of circuit breakers, unit <c>{change}</c>; tags <see cref="ProviderTag"/> and <see cref="StateTag"/>.</summary>
    public const string BreakerChanges = "orchestrator.routing.breaker.changes";

    /// <summary>The provider's name.</summary>
    public const string ProviderTag = "orchestrator.provider";

    /// <summary>What decided, in snake_case.</summary>
    public const string ReasonTag = "orchestrator.routing.reason";

    /// <summary><c>open</c> or <c>closed</c>.</summary>
    public const string StateTag = "orchestrator.routing.breaker.state";
}
