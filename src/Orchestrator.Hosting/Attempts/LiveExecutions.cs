using Orchestrator.Executions;
using Orchestrator.Queue;

namespace Orchestrator.Hosting;

/// <summary>Finds the executions of tasks that living workers run: their workspaces are not for others to remove.</summary>
internal sealed class LiveExecutions(ITaskAdministration tasks, IExecutionLog executions)
{
    private const int MaxRunningTasks = 1000;

    /// <summary>The test of whether a workspace may still be in use.</summary>
    public async ValueTask<Func<string, bool>> FindAsync(CancellationToken cancellationToken)
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
