namespace Orchestrator.Queue.Workers;

/// <summary>Does the work of one type of task.</summary>
/// <remarks>
/// A singleton, called for several tasks at once. Execution is at least once: hand <see cref="TaskContext.FencingToken"/> to side effects outside the database.
/// </remarks>
public interface ITaskHandler
{
    /// <summary>The type of payload it handles, see <see cref="TaskSubmission.Type"/>.</summary>
    string Type { get; }

    /// <summary>Does the work.</summary>
    /// <param name="context">The task and the means to report on it.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the lease is lost, somebody cancels the task, or the worker shuts down, see <see cref="TaskContext.StopReason"/>. Throwing
    /// <see cref="OperationCanceledException"/> is then right, as is returning what there is.
    /// </param>
    /// <returns>How it went. An exception counts as a retryable failure <c>handler_error</c>.</returns>
    ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken);
}
