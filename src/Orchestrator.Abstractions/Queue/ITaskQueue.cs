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

    /// <summary>Waits until a task is completed, discarded or cancelled.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Stops waiting; the task goes on.</param>
    /// <returns>The task in its final state; <see langword="null"/> when there is no such task.</returns>
    ValueTask<QueuedTask?> WaitAsync(string taskId, CancellationToken cancellationToken = default);
}
