using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Tells what happens to tasks: the audit trail, which must not be lost, and the observers, who only watch.</summary>
internal sealed class AgentTaskTrail(
    IOperationLog operations,
    IEnumerable<IAgentTaskObserver> observers,
    ISecretRedactor redactor,
    WorkerIdentity worker,
    TimeProvider time,
    ILogger<AgentTaskTrail> logger)
{
    private readonly IAgentTaskObserver[] _observers = [.. observers];

    /// <summary>Writes one entry to the operation log and shows it to the observers.</summary>
    public async ValueTask RecordAsync(AgentTaskStep step, Operation operation, CancellationToken cancellationToken)
    {
        var signed = operation with { WorkerName = worker.WorkerName, ContainerName = worker.ContainerName };
        await operations.AppendAsync(signed, cancellationToken).ConfigureAwait(false);
        Show(operation.TaskId!, step, operation.Message);
    }

    /// <summary>Shows something to the observers alone.</summary>
    public void Show(string taskId, AgentTaskStep step, string message, AgentEvent? agent = null)
    {
        var shown = new AgentTaskEvent { TaskId = taskId, At = time.GetUtcNow(), Step = step, Message = redactor.Redact(message), Agent = agent };
        foreach (var observer in _observers)
        {
            try
            {
                observer.OnEvent(shown);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.ObserverFailed(error, observer.GetType().Name);
            }
        }
    }
}
