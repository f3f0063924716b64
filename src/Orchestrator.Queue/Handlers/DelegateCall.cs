using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>A compiled call of a delegate with its parameters.</summary>
internal delegate ValueTask<TaskHandlerResult> DelegateCall(TaskContext context, IServiceProvider services, object? payload, CancellationToken cancellationToken);
