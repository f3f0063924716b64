using Orchestrator.Queue;

namespace Orchestrator.Storage;

/// <summary>What operators see and do in the store of <see cref="ITaskStore"/>.</summary>
/// <remarks>Thread-safe, also between processes on the same database. Every method throws <see cref="StorageException"/> when the database cannot be used.</remarks>
public interface ITaskOperations
{
    /// <summary>Tasks that match, the newest first.</summary>
    /// <param name="query">What to list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The tasks.</returns>
    ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken);

    /// <summary>How many tasks are in which state, from counters that the database keeps with every change.</summary>
    /// <param name="queue">The queue; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The counts.</returns>
    ValueTask<QueueStatistics> GetStatisticsAsync(string? queue, CancellationToken cancellationToken);

    /// <summary>Every queue that has settings or tasks, by name.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The queues.</returns>
    ValueTask<ValueList<QueueStatus>> GetQueuesAsync(CancellationToken cancellationToken);

    /// <summary>Replaces a queue's settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they hold.</returns>
    ValueTask SetQueueAsync(QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Replaces a queue's settings but for its pause: <see cref="QueueSettings.IsPaused"/> is not looked at, and a queue that is paused stays so.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they hold.</returns>
    ValueTask SetLimitsAsync(QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Pauses a queue or lets it go on; leaves its other settings.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="isPaused">Whether it is paused.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it holds.</returns>
    ValueTask PauseAsync(string queue, bool isPaused, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Replaces a group's settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they hold.</returns>
    ValueTask SetGroupAsync(GroupSettings settings, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Asks the workers of a queue to give back what runs, see <see cref="LeaseRenewal.ReleaseRequested"/>.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>How many tasks were asked for.</returns>
    ValueTask<int> RequestReleaseAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Cancels a task that waits; asks the worker of one that runs, which hears of it with its next renewal.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> CancelAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Makes discarded or cancelled tasks available again, their attempts and crashes counted from zero; a deadline that passed is lifted. Tasks of a plan that
    /// were cancelled because such a task ended badly are blocked again. A task is left alone when another one holds its deduplication key by now.
    /// </summary>
    /// <param name="taskIds">The tasks.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of each, in the same order.</returns>
    ValueTask<ValueList<TaskChangeStatus>> RetryAsync(ValueList<string> taskIds, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives a task that has not ended another priority.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="priority">From -100 to 100.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> ReprioritizeAsync(string taskId, int priority, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes a finished task with its body, events, attempts and log.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it; <see cref="TaskChangeStatus.WrongState"/> also for one that a task of its plan depends on that has not completed: it may need the result, also in a retry.</returns>
    ValueTask<TaskChangeStatus> DeleteAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>The leases of a task that are over, the oldest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempts.</returns>
    ValueTask<ValueList<TaskAttempt>> GetAttemptsAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>The lines of a task's log, the oldest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="after">Only lines after this sequence.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lines.</returns>
    ValueTask<ValueList<TaskLogLine>> GetLogAsync(string taskId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Changes of tasks' states. Whoever reads on from the last sequence it saw misses none, but for those of tasks that were deleted meanwhile, by hand or by
    /// retention: a task's events go with it.
    /// </summary>
    /// <param name="after">Only events after this sequence.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="taskId">Only those of this task; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The events, by sequence.</returns>
    ValueTask<ValueList<TaskEvent>> GetEventsAsync(long after, int limit, string? taskId, CancellationToken cancellationToken);

    /// <summary>Why a task does not run right now.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The reasons; empty when there is no such task.</returns>
    ValueTask<ValueList<TaskWait>> ExplainAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken);
}
