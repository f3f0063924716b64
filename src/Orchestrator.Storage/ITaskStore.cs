using Orchestrator.Queue;

namespace Orchestrator.Storage;

/// <summary>Where queued tasks live. The queue speaks to it; each engine implements it once.</summary>
/// <remarks>
/// Thread-safe, also between processes on the same database. Time is a parameter, rounded down to whole milliseconds. Every write of a worker carries the
/// fencing token of its lease: when another lease was given out, or the task was taken back or ended, the write answers <see cref="LeaseStatus.Lost"/> and
/// changes nothing. A lease whose time is over still holds until somebody takes the task back. A write that returned is durable.
/// Every method throws <see cref="StorageException"/> when the database cannot be used.
/// </remarks>
public interface ITaskStore
{
    /// <summary>Opens the database and brings its schema up to date; the other methods do so themselves when it was not called.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the database can be used.</returns>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>Adds a task.</summary>
    /// <param name="submission">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the task is new; else the id of the task with the same id, or of the unfinished one with the same deduplication key in its queue.</returns>
    ValueTask<EnqueueResult> AddAsync(TaskSubmission submission, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One task.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The task; <see langword="null"/> when there is none.</returns>
    ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Tasks that match, the newest first.</summary>
    /// <param name="query">What to list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The tasks.</returns>
    ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken);

    /// <summary>How many tasks are in which state.</summary>
    /// <param name="queue">The queue; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The counts.</returns>
    ValueTask<QueueStatistics> GetStatisticsAsync(string? queue, CancellationToken cancellationToken);

    /// <summary>Gives a worker the most urgent tasks that can run: by priority, then by the time they became available, then by the order they were added.</summary>
    /// <param name="request">Who asks, for what.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The leased tasks in that order; none when nothing can run.</returns>
    ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Lets leases hold until <paramref name="now"/> plus <paramref name="duration"/>.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="duration">How long they shall hold from now.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>One status for each lease, in the same order.</returns>
    ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Keeps data that the next attempt can continue from.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="checkpoint">JSON; replaces the one before.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease held.</returns>
    ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken);

    /// <summary>Ends a task as completed.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease held.</returns>
    ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Ends an attempt as failed. The task becomes retryable when the failure is and attempts are left, not before <paramref name="now"/> plus the larger of
    /// <paramref name="backoff"/> and <see cref="TaskFailure.RetryAfter"/>; else it is discarded. A task that somebody asked to cancel becomes cancelled instead of retryable.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="failure">Why.</param>
    /// <param name="backoff">The least time to wait before the next attempt, zero or more.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease held.</returns>
    ValueTask<LeaseStatus> FailAsync(LeaseToken lease, TaskFailure failure, TimeSpan backoff, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives a task back: it is available at once and the attempt is not counted. A task that somebody asked to cancel becomes cancelled.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease held.</returns>
    ValueTask<LeaseStatus> ReleaseAsync(LeaseToken lease, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a running task as cancelled.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What there is to say, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease held.</returns>
    ValueTask<LeaseStatus> CancelledAsync(LeaseToken lease, string? result, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Cancels a task that waits; asks the worker of one that runs, which hears of it with its next renewal.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> CancelAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a discarded or cancelled task available again, its attempts and crashes counted from zero; a deadline that passed is lifted.
    /// <see cref="TaskChangeStatus.WrongState"/> also when another unfinished task holds its deduplication key.
    /// </summary>
    /// <param name="taskId">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> RetryAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back every task that a dead worker holds: available again, the attempt given back and a crash counted. A task that crashed more than
    /// <see cref="TaskStoreLimits.MaxCrashes"/> times is discarded with the failure <see cref="TaskFailureCodes.WorkerCrashed"/>.
    /// </summary>
    /// <param name="workerId">The dead worker's incarnation.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The tasks, in the order they were added.</returns>
    ValueTask<ValueList<string>> ReclaimAsync(string workerId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes back every task whose lease is over, as <see cref="ReclaimAsync"/> does.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The tasks, in the order they were added.</returns>
    ValueTask<ValueList<string>> ReclaimExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Discards waiting tasks whose deadline passed, with the failure <see cref="TaskFailureCodes.DeadlinePassed"/>. Such a task is never leased, even before this was called.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The tasks, in the order they were added.</returns>
    ValueTask<ValueList<string>> DiscardOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
