namespace Orchestrator.Routing.Health;

/// <summary>The kinds of change of a provider's health.</summary>
internal enum HealthChangeKind
{
    None = 0,
    BreakerOpened,
    BreakerClosed,

    /// <summary>A rate limit or a used-up quota.</summary>
    Waits,
}
