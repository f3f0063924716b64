using Orchestrator.Queue.Workers;

namespace Orchestrator.Benchmarks.Peers.Contestants;

/// <summary>Does nothing but say that it ran.</summary>
internal sealed class NoOpHandler(Action<string> ran) : ITaskHandler
{
    private static readonly TaskHandlerResult Done = TaskHandlerResult.Completed();

    public string Type => QueueHosts.Type;

    public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        ran(context.Task.Payload);
        return ValueTask.FromResult(Done);
    }
}
