using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Queue;
using Orchestrator.Queue.Presence;

namespace Orchestrator.Hosting;

/// <summary>Before the worker starts: takes back the tasks of dead workers, ends their agents and removes their workspaces.</summary>
internal sealed class OrchestratorRecovery(
    WorkerRecovery workers, GitWorkspaces workspaces, ITaskAdministration tasks, IExecutionLog executions, AbandonedExecutions abandoned, AgentTaskTrail trail, ILogger<OrchestratorRecovery> logger)
    : IHostedService
{
    private const int MaxRunningTasks = 1000;

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

        var removed = await workspaces.RecoverAsync(LiveExecutionsAsync, cancellationToken).ConfigureAwait(false);
        if (removed.Count > 0)
        {
            logger.LeftoversRemoved(removed.Count);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The executions of tasks that other, living workers run: their workspaces are not ours to remove.</summary>
    private async ValueTask<Func<string, bool>> LiveExecutionsAsync(CancellationToken cancellationToken)
    {
        var live = new HashSet<string>(StringComparer.Ordinal);
        var running = await tasks.ListAsync(new TaskQuery { State = QueuedTaskState.Running, Limit = MaxRunningTasks }, cancellationToken).ConfigureAwait(false);
        foreach (var task in running)
        {
            foreach (var execution in await executions.ListAsync(task.Id, cancellationToken).ConfigureAwait(false))
            {
                live.Add(execution.Id);
            }
        }

        return workspace => live.Contains(workspace) || (workspace.LastIndexOf(WorkspaceVerification.Suffix, StringComparison.Ordinal) is > 0 and var end && live.Contains(workspace[..end]));
    }
}
