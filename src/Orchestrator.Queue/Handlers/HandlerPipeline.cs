using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Puts the decorators around handlers: telemetry, logging, what makes results of exceptions, then those of the host, then the handler.</summary>
internal sealed class HandlerPipeline(IEnumerable<ITaskHandlerDecorator> decorators, TaskQueueMetrics metrics, TimeProvider time, ILogger<TaskWorker> logger)
{
    private readonly ITaskHandlerDecorator[] _all =
        [new TelemetryDecorator(metrics, time), new LoggingDecorator(logger), new ExceptionDecorator(logger), .. decorators];

    public TaskHandlerCall Wrap(TaskHandlerCall handler)
    {
        foreach (var decorator in _all.Reverse())
        {
            var next = handler;
            handler = (context, cancellationToken) => decorator.HandleAsync(context, next, cancellationToken);
        }

        return handler;
    }
}
