namespace Orchestrator.Containers.Pools;

/// <summary>When the outcomes of its leases make an instance unhealthy.</summary>
public sealed class ContainerPassiveHealthOptions
{
    /// <summary>The share of failed leases from which an instance counts as unhealthy; above 0, and above 1 for never, at most 2.</summary>
    /// <value>0.5 by default.</value>
    public double FailureShare { get; set; } = 0.5;

    /// <summary>Leases that must have ended within <see cref="Window"/> before their share says anything; from 1 to 10,000.</summary>
    /// <value>5 by default.</value>
    public int MinimumOutcomes { get; set; } = 5;

    /// <summary>How long an outcome counts; from 1 second to 1 hour.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an instance that counts as unhealthy is left alone before it is given leases again; from 1 second to 1 hour.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan Recovery { get; set; } = TimeSpan.FromMinutes(1);
}
