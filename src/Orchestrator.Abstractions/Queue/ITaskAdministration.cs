namespace Orchestrator.Queue;

/// <summary>The operator's side of the queue.</summary>
/// <remarks>Thread-safe. A call that returned has been committed to the database; every process hears of it, at the latest with its next poll or heartbeat.</remarks>
public interface ITaskAdministration
{
    /// <summary>One task.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The task; <see langword="null"/> when there is none.</returns>
    ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Tasks that match, the newest first.</summary>
    /// <param name="query">What to list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The tasks.</returns>
    ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default);

    /// <summary>The leases of a task that are over, the oldest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempts.</returns>
    ValueTask<ValueList<TaskAttempt>> GetAttemptsAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>The lines that handlers wrote about a task, the oldest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="after">Only lines after this <see cref="TaskLogLine.Sequence"/>.</param>
    /// <param name="limit">At most so many, from 1 to 10,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lines.</returns>
    ValueTask<ValueList<TaskLogLine>> GetLogAsync(string taskId, long after = 0, int limit = 1000, CancellationToken cancellationToken = default);

    /// <summary>Changes of tasks' states in the order they were committed: a feed that can be read on from any place.</summary>
    /// <param name="after">Only events after this <see cref="TaskEvent.Sequence"/>.</param>
    /// <param name="limit">At most so many, from 1 to 10,000.</param>
    /// <param name="taskId">Only those of this task; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The events.</returns>
    ValueTask<ValueList<TaskEvent>> GetEventsAsync(long after = 0, int limit = 1000, string? taskId = null, CancellationToken cancellationToken = default);

    /// <summary>Why a task does not run right now: everything that stands in its way.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The reasons; empty when there is no such task.</returns>
    ValueTask<ValueList<TaskWait>> ExplainAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Cancels a task: at once when it waits, at the next heartbeat when it runs.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> CancelAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Makes a discarded or cancelled task available again, with its attempts counted from zero.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> RetryAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes discarded or cancelled tasks that match available again: of the newest <see cref="TaskQuery.Limit"/>, the oldest first. Those whose deduplication key is
    /// taken stay as they are.
    /// </summary>
    /// <param name="query">Which tasks; without a state, the discarded ones.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The tasks.</returns>
    ValueTask<ValueList<string>> RetryAsync(TaskQuery query, CancellationToken cancellationToken = default);

    /// <summary>Deletes a finished task with all that is known of it, but for the operation log.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>
    /// What came of it: <see cref="TaskChangeStatus.WrongState"/> for one that has not ended, or that a task of its plan depends on that has not completed: delete that one first.
    /// </returns>
    ValueTask<TaskChangeStatus> DeleteAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Gives a task that has not ended another priority.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="priority">From -100 to 100.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> ReprioritizeAsync(string taskId, int priority, CancellationToken cancellationToken = default);

    /// <summary>How many tasks of a queue are in which state. Reads counters, never counts tasks.</summary>
    /// <param name="queue">The queue; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The counts.</returns>
    ValueTask<QueueStatistics> GetStatisticsAsync(string? queue = null, CancellationToken cancellationToken = default);

    /// <summary>Every queue that has settings or tasks, by name.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The queues.</returns>
    ValueTask<ValueList<QueueStatus>> GetQueuesAsync(CancellationToken cancellationToken = default);

    /// <summary>Replaces a queue's settings. Limits hold from now on; what runs already goes on.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they hold.</returns>
    ValueTask SetQueueAsync(QueueSettings settings, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces a queue's settings but for its pause: <see cref="QueueSettings.IsPaused"/> is not looked at, so that a change of limits does not end or
    /// bring back a pause that somebody changed meanwhile. Limits hold from now on; what runs already goes on.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they hold.</returns>
    ValueTask SetLimitsAsync(QueueSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Replaces a group's settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they hold.</returns>
    ValueTask SetGroupAsync(GroupSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Lets no task of a queue start, or lets them start again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="isPaused">Whether it shall be paused.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it holds.</returns>
    ValueTask PauseAsync(string queue, bool isPaused = true, CancellationToken cancellationToken = default);

    /// <summary>
    /// Pauses a queue and waits until nothing of it runs; after <paramref name="patience"/>, tells the workers to give back what still does: their handlers are
    /// cancelled with the reason to drain, and the attempt is not counted.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="patience">How long to let tasks end by themselves.</param>
    /// <param name="cancellationToken">Stops waiting; the queue stays paused.</param>
    /// <returns>When nothing of it runs.</returns>
    ValueTask DrainAsync(string queue, TimeSpan patience, CancellationToken cancellationToken = default);
}
