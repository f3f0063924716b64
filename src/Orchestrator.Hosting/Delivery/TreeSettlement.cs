using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue;

namespace Orchestrator.Hosting;

/// <summary>Settles what deliveries left in callers' trees when no worker will go on with them: tasks that were discarded or cancelled after a crash.</summary>
internal sealed class TreeSettlement(TreeHolds holds, TreeTakeBack takeBack, TreeGuard guard, ITaskAdministration tasks, ILogger<TreeSettlement> logger)
{
    /// <summary>Looks at every tree that nobody holds. One that cannot be settled now is logged and left for later.</summary>
    /// <returns>How many were settled.</returns>
    public async ValueTask<int> SettleAsync(CancellationToken cancellationToken)
    {
        var settled = 0;
        foreach (var hold in holds.FindAbandoned())
        {
            using (hold)
            {
                try
                {
                    settled += await SettleAsync(hold, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                }
                catch (Exception error) when (error is OrchestratorException or IOException or UnauthorizedAccessException)
                {
                    // It stays written down: the next start, or the next delivery to this tree, tries again. Other trees must not wait for it.
                    logger.TreeNotSettled(error, hold.Pending?.TaskId);
                }
            }
        }

        return settled;
    }

    /// <summary>Before a task is begun anew, or when it only hands its report in: its own earlier delivery is settled.</summary>
    public async ValueTask SettleAsync(AgentTaskRun run)
    {
        // Whoever holds the tree now answers for what is pending there.
        using var hold = run.Repository.Length == 0 ? null : holds.TryEnterAbandoned(run.Repository);
        if (hold?.Pending is { } pending && pending.TaskId == run.Task.Id)
        {
            await SettleAsync(hold, pending, PhaseOf(run.Context.Task) == AgentTaskPhase.Settled).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> SettleAsync(TreeHold hold, CancellationToken cancellationToken)
    {
        if (hold.Pending is not { } pending)
        {
            return false;
        }

        var task = await tasks.GetAsync(pending.TaskId, cancellationToken).ConfigureAwait(false);
        if (task is { IsFinished: false } && PhaseOf(task) != AgentTaskPhase.Settled)
        {
            return false;
        }

        // A task that is said to have failed promises the old tree, though its patch may have been verified.
        await SettleAsync(hold, pending, task is not { State: QueuedTaskState.Discarded or QueuedTaskState.Cancelled }).ConfigureAwait(false);
        return true;
    }

    /// <summary>A verified patch stays when its report is safe; everything else is taken back.</summary>
    private async ValueTask SettleAsync(TreeHold hold, TreeRecord pending, bool isReportSafe)
    {
        if (pending.Kept && isReportSafe)
        {
            guard.Forget(pending.ExecutionId);
            hold.End();
            return;
        }

        await takeBack.RunAsync(hold).ConfigureAwait(false);
    }

    private static AgentTaskPhase PhaseOf(QueuedTask task)
    {
        try
        {
            return AgentTaskCheckpoint.Of(task)?.Phase ?? AgentTaskPhase.Unknown;
        }
        catch (JsonException)
        {
            return AgentTaskPhase.Unknown;
        }
    }
}
