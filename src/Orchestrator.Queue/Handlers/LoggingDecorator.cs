using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Logs the start of every handler, and how it went.</summary>
internal sealed class LoggingDecorator(ILogger<TaskWorker> logger) : ITaskHandlerDecorator
{
    public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken) =>
        logger.IsEnabled(LogLevel.Debug) ? LoggedAsync(context, next, cancellationToken) : next(context, cancellationToken);

    private async ValueTask<TaskHandlerResult> LoggedAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken)
    {
        var task = context.Task;
        Log.TaskStarted(logger, task.Id, task.Type, task.Attempt, task.LeaseId);
        var result = await next(context, cancellationToken).ConfigureAwait(false);
        Log.HandlerReturned(logger, task.Id, result.Status, result.Failure?.Code);
        return result;
    }
}
