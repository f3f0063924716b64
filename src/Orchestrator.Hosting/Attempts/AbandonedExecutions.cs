using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Hosting;

/// <summary>Ends the attempts whose worker died: their processes, the verify command's among them, and their records. What they told last stays in their records: what they cost is what was known then.</summary>
internal sealed class AbandonedExecutions(IExecutionLog executions, TimeProvider time)
{
    public async ValueTask CloseAsync(string taskId, CancellationToken cancellationToken)
    {
        var attempts = await executions.ListAsync(taskId, cancellationToken).ConfigureAwait(false);
        foreach (var execution in attempts)
        {
            await OrphanedProcesses.EndAsync(execution.Id, cancellationToken).ConfigureAwait(false);
            if (execution.Status == ExecutionStatus.Running)
            {
                var failure = new AgentFailure { Class = FailureClass.Crashed, Message = "The worker died while the provider ran." };
                await executions.SaveAsync(execution with { Status = ExecutionStatus.Failed, Failure = failure, FinishedAt = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
