namespace Orchestrator.Queue.Workers;

/// <summary>Does the work of a task: a handler, or a decorator with everything inside it.</summary>
/// <param name="context">The task and the means to report on it.</param>
/// <param name="cancellationToken">Cancelled when the work shall stop, see <see cref="TaskContext.StopReason"/>.</param>
/// <returns>How it went.</returns>
public delegate ValueTask<TaskHandlerResult> TaskHandlerCall(TaskContext context, CancellationToken cancellationToken);
