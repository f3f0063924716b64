namespace Orchestrator.Queue;

/// <summary>The worker's side of the queue: leases, heartbeats, outcomes. What a remote worker will call over HTTP.</summary>
/// <remarks>
/// Thread-safe. Every write carries the lease's fencing token; a worker that lost its lease gets <see cref="LeaseStatus.Lost"/> and changes nothing.
/// Execution is at least once; at most one outcome is accepted for each lease. The shorter forms are in <see cref="TaskLeasesExtensions"/>.
/// </remarks>
public interface ITaskLeases
{
    /// <summary>Takes tasks that can run now, the most urgent first. Never waits.</summary>
    /// <param name="request">Who asks, for what.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The leased tasks; none when nothing can run.</returns>
    ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Ends tasks, each by its own outcome, and takes new ones, in one transaction.</summary>
    /// <param name="outcomes">How the work under each lease ended.</param>
    /// <param name="next">Which tasks to take; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether each lease held, and the new leases.</returns>
    ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, CancellationToken cancellationToken);

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

    /// <summary>Says how far the task is and adds lines to its log.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="progress">How far; <see langword="null"/> to leave it.</param>
    /// <param name="lines">The lines; <see cref="TaskLogLine.Sequence"/> and <see cref="TaskLogLine.LeaseId"/> are given by the store.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, CancellationToken cancellationToken);

    /// <summary>How the tasks ended that a task of a plan depends on.</summary>
    /// <param name="taskId">The task that depends on them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their ends, in the order of their ids; empty when it depends on none.</returns>
    ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Takes back what a worker held that is known to be dead; does not wait for its leases to end. Counts a crash for each task.</summary>
    /// <param name="workerId">The dead worker's incarnation, see <see cref="WorkerIdentity.Id"/>.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The tasks taken back.</returns>
    ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken);
}
