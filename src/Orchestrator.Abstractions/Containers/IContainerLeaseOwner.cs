namespace Orchestrator.Containers;

/// <summary>What a lease asks of the balancer that handed it out.</summary>
/// <remarks>Thread-safe. Made for balancers; whoever holds a lease asks the <see cref="ContainerLease"/>.</remarks>
public interface IContainerLeaseOwner
{
    /// <summary>Prolongs a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it still holds.</returns>
    ValueTask<bool> RenewAsync(ContainerLease lease, CancellationToken cancellationToken);

    /// <summary>Takes a slot back; at most once a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="succeeded">Whether the instance did its part.</param>
    /// <returns>When the slot is free.</returns>
    ValueTask ReleaseAsync(ContainerLease lease, bool succeeded);

    /// <summary>What a lease that goes on has cost so far.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>US dollars, not negative; whatever for one that was settled meanwhile.</returns>
    decimal CostOf(ContainerLease lease);
}
