using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Hosting;

/// <summary>Makes a tree what it was before a delivery: ends what still runs there, takes the patch back, and undoes what the verify command itself did.</summary>
internal sealed class TreeTakeBack(IPatchManager patches, TreeGuard guard, AgentTaskTrail trail, ILogger<TreeTakeBack> logger)
{
    /// <summary>Takes back what the hold says was begun. Not to be cancelled: half a restored tree is worse than a late one. May be repeated after a crash.</summary>
    public async ValueTask<TakenBack> RunAsync(TreeHold hold)
    {
        var record = hold.Pending ?? throw new InvalidOperationException("Nothing was begun in this tree.");
        await OrphanedProcesses.EndAsync(record.ExecutionId, CancellationToken.None).ConfigureAwait(false);
        var result = Directory.Exists(record.Repository) ? await RestoreAsync(record).ConfigureAwait(false) : new TakenBack(PatchOutcome.NotFound, [], new TreeLeftovers([], ""));
        guard.Forget(record.ExecutionId);
        hold.End();
        if (result.Outcome != PatchOutcome.NotFound || record.Verifying)
        {
            await TellAsync(record, result).ConfigureAwait(false);
        }

        return result;
    }

    private async ValueTask<TakenBack> RestoreAsync(TreeRecord record)
    {
        var reverted = await patches.RevertAsync(record.Repository, record.ApplicationId, CancellationToken.None).ConfigureAwait(false);

        // A patch that never was in the tree is rolled back by its journal alone: the snapshot would undo the work of people who used the tree since.
        var leftovers = record.Verifying || reverted.Outcome is PatchOutcome.Reverted or PatchOutcome.Conflicted
            ? await guard.RestoreAsync(record.Repository, record.ExecutionId, record.Snapshot, CancellationToken.None).ConfigureAwait(false)
            : new TreeLeftovers([], "");
        return new TakenBack(reverted.Outcome, reverted.Conflicts, leftovers);
    }

    private ValueTask TellAsync(TreeRecord record, TakenBack result)
    {
        var conflicted = result.Outcome == PatchOutcome.Conflicted && result.Leftovers.Paths.Count == 0;
        if (conflicted)
        {
            logger.TreeNotRestored(record.TaskId, result.Conflicts.Count);
        }
        else
        {
            logger.TreeRestored(record.TaskId);
        }

        var operation = new Operation
        {
            Name = OperationNames.PatchReverted,
            TaskId = record.TaskId,
            ExecutionId = record.ExecutionId,
            Outcome = conflicted ? OperationOutcome.Failed : OperationOutcome.Succeeded,
            Message = conflicted ? "Some files were changed meanwhile and left as they are." : "The tree is as it was.",
            Data = new ValueMap([new("outcome", result.Outcome.ToName())]),
        };
        return trail.RecordAsync(AgentTaskStep.Restored, operation, CancellationToken.None);
    }
}

/// <summary>What taking back came to.</summary>
internal sealed record TakenBack(PatchOutcome Outcome, ValueList<PatchConflict> Conflicts, TreeLeftovers Leftovers);
