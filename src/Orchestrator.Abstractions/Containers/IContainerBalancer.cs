namespace Orchestrator.Containers;

/// <summary>Hands out healthy containers of named pools and keeps the pools at their size.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IContainerBalancer
{
    /// <summary>Leases a slot of an instance, waiting for one when all are busy.</summary>
    /// <param name="request">The pool, and how long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lease, or why there is none.</returns>
    ValueTask<ContainerAcquisition> AcquireAsync(ContainerRequest request, CancellationToken cancellationToken);

    /// <summary>Sets how many instances a pool shall have.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="instances">The number, within the pool's limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is accepted, not when it is reached.</returns>
    ValueTask ScaleAsync(string pool, int instances, CancellationToken cancellationToken);

    /// <summary>Replaces an instance, by force when it is stuck.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the replacement has begun.</returns>
    ValueTask RestartAsync(string instance, CancellationToken cancellationToken);

    /// <summary>Gives an instance no new leases and removes it when the last one ends.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it takes no new leases.</returns>
    ValueTask DrainAsync(string instance, CancellationToken cancellationToken);

    /// <summary>Says how large a share of the leases an instance gets beside the others of its pool. It stays with the instance's name when that is restarted, and goes when it is removed.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="weight">Above 0, at most 1,000. Instances begin with 1; one of 3 gets three times as many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When leases are given by it.</returns>
    ValueTask SetWeightAsync(string instance, double weight, CancellationToken cancellationToken);

    /// <summary>What the leases of a task that have ended have cost in all pools, since this balancer started.</summary>
    /// <param name="taskId">The task, as in <see cref="ContainerRequest.TaskId"/>.</param>
    /// <returns>US dollars; 0 for a task that had no lease, or of which nothing is known any more: each pool keeps the 10,000 tasks that used it last.</returns>
    decimal GetTaskCost(string taskId);

    /// <summary>A pool as it is now.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>Its instances; <see langword="null"/> when there is no such pool.</returns>
    PoolStatus? GetStatus(string pool);
}
