using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Containers.Pools;

/// <summary>Settings of the container balancer. Checked at start; every error is reported at once.</summary>
public sealed class ContainerBalancerOptions
{
    /// <summary>The pools by name, in any case. Names follow <see cref="Identifiers.IsName"/> and have at most 40 characters, as the names of instances begin with them.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IDictionary<string, ContainerPoolOptions> Pools { get; set; } = new Dictionary<string, ContainerPoolOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whose instances these are: an orchestrator adopts after a restart what carries its owner's name, and removes what it no longer needs. Two orchestrators on one engine need two names.</summary>
    /// <value><c>orchestrator</c> by default.</value>
    public string Owner { get; set; } = "orchestrator";

    /// <summary>How often each pool is brought closer to what it shall be; events of the engine do it sooner. From 100 milliseconds to 1 minute.</summary>
    /// <value>1 second by default.</value>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the engine is asked for the full list, as its events can be missed. From 1 second to 1 hour.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan ListInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Instances that may be starting at the same time, over all pools; from 1 to 64.</summary>
    /// <value>2 by default.</value>
    public int StartConcurrency { get; set; } = 2;

    /// <summary>Whether the instances end with the host. When not, they go on running and are adopted at the next start.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool StopWithHost { get; set; }

    /// <summary>The seed of jitter and of random choices; set it to make runs repeatable.</summary>
    /// <value><see langword="null"/> by default: a random seed at start.</value>
    public ulong? Seed { get; set; }
}
