namespace Orchestrator.Queue;

/// <summary>The worker's side of the queue: leases, heartbeats, outcomes. What a remote worker will call over HTTP.</summary>
/// <remarks>
/// Thread-safe. Every write carries the lease's fencing token; a worker that lost its lease gets <see cref="LeaseStatus.Lost"/> and changes nothing.
/// Execution is at least once; at most one outcome is accepted for each lease.
/// </remarks>
public interface ITaskLeases
{
    /// <summary>Takes tasks that can run now, the most urgent first. Never waits.</summary>
    /// <param name="request">Who asks, for what.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The leased tasks; none when nothing can run.</returns>
    ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Renews leases: the heartbeat.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="duration">How long they shall hold from now.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>One status for each lease, in the same order.</returns>
    ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Keeps data that the next attempt can continue from.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="checkpoint">JSON; replaces the one before.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken);

    /// <summary>Ends the task as done.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, CancellationToken cancellationToken);

    /// <summary>Ends the attempt as failed: the task is tried again or discarded.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="failure">Why.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    ValueTask<LeaseStatus> FailAsync(LeaseToken lease, TaskFailure failure, CancellationToken cancellationToken);

    /// <summary>Gives the task back unharmed, as a worker does that shuts down; the attempt is not counted.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    ValueTask<LeaseStatus> ReleaseAsync(LeaseToken lease, CancellationToken cancellationToken);

    /// <summary>Ends the task as cancelled, after a renewal said that somebody asked for it.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What there is to say, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    ValueTask<LeaseStatus> CancelledAsync(LeaseToken lease, string? result, CancellationToken cancellationToken);

    /// <summary>Takes back what a worker held that is known to be dead; does not wait for its leases to end. Counts a crash for each task.</summary>
    /// <param name="workerId">The dead worker's incarnation, see <see cref="WorkerIdentity.Id"/>.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The tasks taken back.</returns>
    ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken);
}
