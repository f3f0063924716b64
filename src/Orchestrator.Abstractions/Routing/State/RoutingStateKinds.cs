namespace Orchestrator.Routing.State;

/// <summary>The values of <see cref="RoutingStateEntry.Kind"/> that the router uses.</summary>
public static class RoutingStateKinds
{
    /// <summary>What was learned about a provider. Never deleted by retention.</summary>
    public const string Estimate = "estimate";

    /// <summary>The provider that a session stays with.</summary>
    public const string Session = "session";

    /// <summary>Breaker, limits and quota of a provider.</summary>
    public const string Health = "health";

    /// <summary>Whether an operator drained a provider or resumed it. Never deleted by retention.</summary>
    public const string Draining = "draining";
}
