namespace Orchestrator.Containers;

/// <summary>Keeps what became of the instances of pools: every change of state with its reason, and what health checks found.</summary>
/// <remarks>
/// Thread-safe. Tables <c>container_instances</c> and <c>container_health_checks</c>. The balancer writes in batches, beside its work: a history that is slow or broken delays no lease,
/// and entries that do not fit into the balancer's bounded line meanwhile are dropped and counted.
/// </remarks>
public interface IContainerHistory
{
    /// <summary>Keeps a batch.</summary>
    /// <param name="transitions">Changes of state, the oldest first.</param>
    /// <param name="checks">Findings of health checks, the oldest first.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is kept.</returns>
    ValueTask AppendAsync(ValueList<ContainerTransition> transitions, ValueList<ContainerHealthCheck> checks, CancellationToken cancellationToken);

    /// <summary>The newest changes of state, the newest first.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="instance">The instance; <see langword="null"/> for all of the pool.</param>
    /// <param name="limit">How many at most, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The changes.</returns>
    ValueTask<ValueList<ContainerTransition>> ListTransitionsAsync(string pool, string? instance, int limit, CancellationToken cancellationToken);

    /// <summary>The newest findings of health checks, the newest first.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="instance">The instance; <see langword="null"/> for all of the pool.</param>
    /// <param name="limit">How many at most, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The findings.</returns>
    ValueTask<ValueList<ContainerHealthCheck>> ListHealthChecksAsync(string pool, string? instance, int limit, CancellationToken cancellationToken);
}
