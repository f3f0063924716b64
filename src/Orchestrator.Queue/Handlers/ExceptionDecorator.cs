using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Makes results of exceptions: given back when the handler was asked to stop, else failed.</summary>
internal sealed class ExceptionDecorator(ILogger<TaskWorker> logger) : ITaskHandlerDecorator
{
    public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken)
    {
        var task = context.Task;
        try
        {
            return await next(context, cancellationToken).ConfigureAwait(false) ?? throw new InvalidOperationException("The handler returned no result.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return TaskHandlerResult.Released();
        }
        catch (Exception error)
        {
            // The exception's own message may hold the payload: it goes to the log of the host, not into the database.
            Log.HandlerThrew(logger, error, task.Id, task.Type);
            return TaskHandlerResult.Failed(Failure(task, error));
        }
    }

    /// <summary>What is stored of an exception.</summary>
    public static TaskFailure Failure(QueuedTask task, Exception error)
    {
        var kind = error is OrchestratorException coded ? coded.Code : error.GetType().Name;
        return new TaskFailure { Code = TaskQueueDiagnostics.HandlerErrorCode, Message = $"The handler of '{task.Type}' threw {kind}.", Retryable = true };
    }
}
