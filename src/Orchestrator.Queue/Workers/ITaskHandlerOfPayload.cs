namespace Orchestrator.Queue.Workers;

/// <summary>Does the work of one type of task, with its payload read from JSON. A payload that cannot be read is a failure <c>invalid_payload</c> and is not tried again.</summary>
/// <typeparam name="TPayload">The payload.</typeparam>
/// <remarks>
/// Resolved from a scope of its own for every task, unless it was registered otherwise before. Execution is at least once: hand
/// <see cref="TaskContext.FencingToken"/> to side effects outside the database.
/// </remarks>
public interface ITaskHandler<in TPayload>
{
    /// <summary>Does the work.</summary>
    /// <param name="context">The task and the means to report on it.</param>
    /// <param name="payload">The payload, in its newest version.</param>
    /// <param name="cancellationToken">Cancelled when the work shall stop, see <see cref="TaskContext.StopReason"/>.</param>
    /// <returns>How it went. An exception counts as a retryable failure <c>handler_error</c>.</returns>
    ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TPayload payload, CancellationToken cancellationToken);
}
