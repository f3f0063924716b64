using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Times every run of a handler, and traces it as a part of what its caller did. Costs nothing while nobody listens.</summary>
internal sealed class TelemetryDecorator(TaskQueueMetrics metrics, TimeProvider time) : ITaskHandlerDecorator
{
    public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken) =>
        TaskQueueActivity.IsListenedTo || metrics.IsTimed ? ObservedAsync(context, next, cancellationToken) : next(context, cancellationToken);

    private async ValueTask<TaskHandlerResult> ObservedAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken)
    {
        var task = context.Task;
        using var activity = TaskQueueActivity.Start(task);
        var started = time.GetTimestamp();
        var result = await next(context, cancellationToken).ConfigureAwait(false);
        var outcome = HandlerOutcome.Name(result, context.StopReason);
        metrics.Ran(task.Queue, task.Type, outcome, time.GetElapsedTime(started));
        TaskQueueActivity.End(activity, outcome, result.Failure?.Code);
        return result;
    }
}
