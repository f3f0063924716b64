namespace Orchestrator.Queue;

/// <summary>The operator's side of the queue.</summary>
/// <remarks>Thread-safe.</remarks>
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

    /// <summary>Cancels a task: at once when it waits, at the next heartbeat when it runs.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> CancelAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Makes a discarded or cancelled task available again, with its attempts counted from zero.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> RetryAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>How many tasks of a queue are in which state.</summary>
    /// <param name="queue">The queue; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The counts.</returns>
    ValueTask<QueueStatistics> GetStatisticsAsync(string? queue = null, CancellationToken cancellationToken = default);
}
