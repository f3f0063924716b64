using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Queue.Presence;

namespace Orchestrator.Hosting;

/// <summary>
/// Before the worker starts: takes back the tasks of dead workers, ends their agents, removes their workspaces, and settles the trees of tasks that nobody
/// will go on with.
/// </summary>
internal sealed class OrchestratorRecovery(
    WorkerRecovery workers, GitWorkspaces workspaces, LiveExecutions live, AbandonedExecutions abandoned, TreeSettlement trees, AgentTaskTrail trail, ILogger<OrchestratorRecovery> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var found = await workers.RunAsync(cancellationToken).ConfigureAwait(false);
        foreach (var taskId in found.ReclaimedTasks)
        {
            await abandoned.CloseAsync(taskId, cancellationToken).ConfigureAwait(false);
            var operation = new Operation { Name = OperationNames.TaskRecovered, TaskId = taskId, Outcome = OperationOutcome.Succeeded, Message = "Its worker died; the task was taken back." };
            await trail.RecordAsync(AgentTaskStep.Recovered, operation, cancellationToken).ConfigureAwait(false);
        }

        if (found.ReclaimedTasks.Count > 0)
        {
            logger.TasksReclaimed(found.ReclaimedTasks.Count);
        }

        await RemoveWorkspacesAsync(cancellationToken).ConfigureAwait(false);
        var settled = await trees.SettleAsync(cancellationToken).ConfigureAwait(false);
        if (settled > 0)
        {
            logger.TreesSettled(settled);
        }
    }

    private async ValueTask RemoveWorkspacesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var removed = await workspaces.RecoverAsync(live.FindAsync, cancellationToken).ConfigureAwait(false);
            if (removed.Count > 0)
            {
                logger.LeftoversRemoved(removed.Count);
            }
        }
        catch (WorkspaceException error)
        {
            // One directory that cannot be deleted must not keep everything else from starting; the next start tries again.
            logger.LeftoversNotRemoved(error);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
