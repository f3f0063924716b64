namespace Orchestrator.Containers.Scaling;

/// <summary>Tells of work that waits for a pool outside of its waiting line, such as the depth of a queue. Register any number; the pool grows for the sum.</summary>
/// <remarks>Thread-safe. Asked once a step of the reconciler for each pool, never on the way to a lease. One that throws or does not answer within a second counts as its last answer.</remarks>
public interface IPoolDemand
{
    /// <summary>How many leases will be asked for.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The number; 0 or less for none.</returns>
    ValueTask<int> GetWaitingAsync(string pool, CancellationToken cancellationToken);
}
