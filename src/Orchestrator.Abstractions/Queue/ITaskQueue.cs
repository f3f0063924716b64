namespace Orchestrator.Queue;

/// <summary>The producer's side of the durable task queue.</summary>
/// <remarks>Thread-safe. A call that returned has been committed to the database.</remarks>
public interface ITaskQueue
{
    /// <summary>Puts a task into the queue.</summary>
    /// <param name="submission">The task.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the task is new; a task with the same id or deduplication key is not enqueued again.</returns>
    ValueTask<EnqueueResult> EnqueueAsync(TaskSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>Puts many tasks into the queue in one transaction: all that are no duplicates, or none.</summary>
    /// <param name="submissions">The tasks, up to 10,000.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>One result for each task, in the same order.</returns>
    /// <exception cref="ArgumentException">There are too many.</exception>
    ValueTask<ValueList<EnqueueResult>> EnqueueAsync(ValueList<TaskSubmission> submissions, CancellationToken cancellationToken = default);

    /// <summary>Waits until a task is completed, discarded or cancelled.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Stops waiting; the task goes on.</param>
    /// <returns>The task in its final state; <see langword="null"/> when there is no such task.</returns>
    ValueTask<QueuedTask?> WaitAsync(string taskId, CancellationToken cancellationToken = default);
}
