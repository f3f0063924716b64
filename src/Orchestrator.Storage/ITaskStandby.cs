using Orchestrator.Queue;

namespace Orchestrator.Storage;

/// <summary>
/// Gives a task to a worker in the transaction that adds it: one commit instead of two between enqueuing and the start of the handler. Optional: an <see cref="ITaskStore"/>
/// that can do so implements it beside. Nothing depends on it, a worker that stands by is also woken in every other way.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface ITaskStandby
{
    /// <summary>Waits until this process enqueues a task into the queue asked for, and leases what <see cref="ITaskStore.LeaseAsync"/> would lease then.</summary>
    /// <param name="request">What the worker can take; valid until it is fulfilled or cancelled.</param>
    /// <param name="cancellationToken">Gives up. From the moment on that leasing has begun the caller hears what was leased.</param>
    /// <returns>The leases, committed; empty when nothing could be leased after all.</returns>
    /// <exception cref="OperationCanceledException">Given up; nothing was leased.</exception>
    /// <exception cref="StorageException">The database cannot be used; nothing was leased.</exception>
    ValueTask<ValueList<TaskLease>> LeaseNextAsync(LeaseRequest request, CancellationToken cancellationToken);
}
