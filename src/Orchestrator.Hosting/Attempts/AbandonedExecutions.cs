using Orchestrator.Executions;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>Ends the records of attempts whose worker died: what they cost is not known, that they ended is.</summary>
internal sealed class AbandonedExecutions(IExecutionLog executions, TimeProvider time)
{
    public async ValueTask CloseAsync(string taskId, CancellationToken cancellationToken)
    {
        foreach (var execution in await executions.ListAsync(taskId, cancellationToken).ConfigureAwait(false))
        {
            if (execution.Status == ExecutionStatus.Running)
            {
                var failure = new AgentFailure { Class = FailureClass.Crashed, Message = "The worker died while the provider ran." };
                await executions.SaveAsync(execution with { Status = ExecutionStatus.Failed, Failure = failure, FinishedAt = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
