namespace Orchestrator.Queue.Workers;

/// <summary>Does something around every handler of this process: measuring, mapping exceptions to failures, setting up what handlers need.</summary>
/// <remarks>
/// A singleton. The decorator that was added first is the outermost. Exceptions of handlers pass through; what no decorator turned into a result counts
/// as a retryable failure <c>handler_error</c>.
/// </remarks>
public interface ITaskHandlerDecorator
{
    /// <summary>Does the work by calling <paramref name="next"/>, or does without it.</summary>
    /// <param name="context">The task and the means to report on it.</param>
    /// <param name="next">The handler, with the decorators inside this one.</param>
    /// <param name="cancellationToken">Cancelled when the work shall stop.</param>
    /// <returns>How it went.</returns>
    ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken);
}
