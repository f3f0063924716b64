namespace Orchestrator.Routing;

/// <summary>Health checks that run by themselves. What attempts say about health (the circuit breaker) is kept apart.</summary>
public sealed class ActiveHealthOptions
{
    /// <summary>How often every provider is checked, from 1 second to 1 day; up to a tenth is added or taken by chance, so that many processes do not check at once.</summary>
    /// <value><see langword="null"/> by default: only when somebody asks.</value>
    public TimeSpan? Interval { get; set; }

    /// <summary>How many checks in a row must fail before a provider counts as unhealthy, from 1 to 100.</summary>
    /// <value>1 by default.</value>
    public int FailureThreshold { get; set; } = 1;
}
