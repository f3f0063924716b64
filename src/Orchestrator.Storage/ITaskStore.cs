using Orchestrator.Queue;

namespace Orchestrator.Storage;

/// <summary>Where queued tasks live. The queue speaks to it; each engine implements it once.</summary>
/// <remarks>
/// Thread-safe, also between processes on the same database. Time is a parameter, rounded down to whole milliseconds; <see cref="GetTimeAsync"/> tells the time that
/// every process on the database agrees on. Every write of a worker carries the fencing token of its lease: when another lease was given out, or the task was
/// taken back or ended, the write answers <see cref="LeaseStatus.Lost"/> and changes nothing. A lease whose time is over still holds until somebody takes the
/// task back. A write that returned is durable. Every change of a task's state is checked and written down as a <see cref="TaskEvent"/> by the database
/// itself. Payloads, checkpoints, results, failures, progress and log lines are redacted before they are stored.
/// Every method throws <see cref="StorageException"/> when the database cannot be used.
/// </remarks>
public interface ITaskStore
{
    /// <summary>Whether two exchanges of one worker (<see cref="EndAsync"/>) get done sooner side by side than one after the other.</summary>
    /// <value><see langword="false"/> when the engine does not say otherwise.</value>
    bool OverlapsExchanges => false;

    /// <summary>Opens the database and brings its schema up to date; the other methods do so themselves when it was not called.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the database can be used.</returns>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>The time that leases are judged by: the database server's, or this machine's where the database is a file. Never waits for the database but rarely.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The time.</returns>
    ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken);

    /// <summary>Adds tasks in one transaction. Within the list, too, a task whose id or deduplication key is taken is a duplicate and no error.</summary>
    /// <param name="submissions">The tasks.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>For each task whether it is new; else the id of the task with the same id, or of the one that holds its deduplication key.</returns>
    ValueTask<ValueList<EnqueueResult>> AddAsync(ValueList<TaskSubmission> submissions, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One task.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The task; <see langword="null"/> when there is none.</returns>
    ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a worker the most urgent tasks that can run and that it may take. Tasks go by priority, where each minute of waiting (or
    /// <see cref="QueueSettings.Ageing"/>) counts as much as a step of priority, then by the order they were added. Groups of a queue are served in turn, by their
    /// weights. No limit of the queue or a group is ever exceeded.
    /// </summary>
    /// <param name="request">Who asks, for what.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The leased tasks in that order; none when nothing can run.</returns>
    ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends leases, each by its own outcome, then leases as <see cref="LeaseAsync"/> does, all in one transaction. What depends on an ended task moves with it.</summary>
    /// <param name="outcomes">How the work under each lease ended.</param>
    /// <param name="next">Which tasks to lease; <see langword="null"/> for none.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether each lease held, and the new leases.</returns>
    ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, DateTimeOffset now, CancellationToken cancellationToken);

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

    /// <summary>Keeps how far a task is, and lines of its log: at most <see cref="TaskStoreLimits.MaxLogLines"/> a task, the latest.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="progress">How far; <see langword="null"/> to leave it.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="now">The time, for lines that have none.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the lease held.</returns>
    ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>How the tasks ended that a task of a plan depends on.</summary>
    /// <param name="taskId">The task that depends on them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their ends, in the order of their ids; those that have not ended are left out.</returns>
    ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken);

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

    /// <summary>
    /// When time alone next lets a task of a queue run, so that workers wake up for it: when one that waits for its time becomes due, or when a group that has
    /// started as many tasks as it may has a token again.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="after">Only later times: the time at which the caller leased last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The time, which may have passed by now; <see langword="null"/> when nothing waits for one.</returns>
    ValueTask<DateTimeOffset?> GetNextDueAsync(string queue, DateTimeOffset after, CancellationToken cancellationToken);
}
