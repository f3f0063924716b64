namespace Orchestrator.Queue;

/// <summary>Ends one task at a time.</summary>
public static class TaskLeasesExtensions
{
    /// <summary>Ends the task as done.</summary>
    /// <param name="leases">The worker's side of the queue.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    public static ValueTask<LeaseStatus> CompleteAsync(this ITaskLeases leases, LeaseToken lease, string? result, CancellationToken cancellationToken) =>
        leases.EndAsync(TaskOutcome.Completed(lease, result), cancellationToken);

    /// <summary>Ends the attempt as failed: the task is tried again or discarded.</summary>
    /// <param name="leases">The worker's side of the queue.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="failure">Why.</param>
    /// <param name="backoff">The least time to wait before the next attempt, zero or more.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time to wait is negative.</exception>
    public static ValueTask<LeaseStatus> FailAsync(
        this ITaskLeases leases, LeaseToken lease, TaskFailure failure, TimeSpan backoff = default, CancellationToken cancellationToken = default) =>
        leases.EndAsync(TaskOutcome.Failed(lease, failure, backoff), cancellationToken);

    /// <summary>Gives the task back unharmed; the attempt is not counted.</summary>
    /// <param name="leases">The worker's side of the queue.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    public static ValueTask<LeaseStatus> ReleaseAsync(this ITaskLeases leases, LeaseToken lease, CancellationToken cancellationToken) =>
        leases.EndAsync(TaskOutcome.Released(lease), cancellationToken);

    /// <summary>Ends the task as cancelled.</summary>
    /// <param name="leases">The worker's side of the queue.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What there is to say, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease still held.</returns>
    public static ValueTask<LeaseStatus> CancelledAsync(this ITaskLeases leases, LeaseToken lease, string? result, CancellationToken cancellationToken) =>
        leases.EndAsync(TaskOutcome.Cancelled(lease, result), cancellationToken);

    private static async ValueTask<LeaseStatus> EndAsync(this ITaskLeases leases, TaskOutcome outcome, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        var exchange = await leases.EndAsync([outcome], null, cancellationToken).ConfigureAwait(false);
        return exchange.Ended[0];
    }
}
