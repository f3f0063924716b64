using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>The caller's work tree: apply under a journal, verify in place, and take everything back when the answer is no.</summary>
internal sealed class TreeTarget(IPatchManager patches, TreeGuard guard, Verifier verifier, SourceGate gate) : IResultTarget
{
    public bool Serves(TaskOutput output) => output == TaskOutput.Apply;

    public async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        var inTree = await IsInTreeAsync(run, checkpoint, cancellationToken).ConfigureAwait(false);
        if (checkpoint.Phase == AgentTaskPhase.Restoring)
        {
            await TakeBackAsync(run, checkpoint).ConfigureAwait(false);
            run.Report = VerificationFailures.Add(run.Report, checkpoint.PatchFile!);
            return;
        }

        if (!inTree)
        {
            // The snapshot of an interrupted attempt is of the same tree: its patch was rolled back.
            var snapshot = checkpoint.Snapshot ?? await guard.CaptureAsync(run.Repository, checkpoint.ExecutionId!, cancellationToken).ConfigureAwait(false);
            checkpoint = checkpoint with { Phase = AgentTaskPhase.Applying, Snapshot = snapshot };
            await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
            if (!await ApplyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false))
            {
                guard.Forget(checkpoint.ExecutionId!);
                return;
            }
        }

        checkpoint = checkpoint with { Phase = AgentTaskPhase.Verifying };
        await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        await VerifyAsync(run, checkpoint, cancellationToken).ConfigureAwait(false);
        guard.Forget(checkpoint.ExecutionId!);
    }

    /// <summary>After a crash: finishes or rolls back what the journal holds, and finds out whether the patch is in the tree.</summary>
    private async ValueTask<bool> IsInTreeAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var known = await patches.RecoverAsync(run.Repository, cancellationToken).ConfigureAwait(false);
        return known.Any(application => application.Id == checkpoint.ExecutionId && application.Outcome == PatchOutcome.Applied);
    }

    private async ValueTask<bool> ApplyAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        run.Show(AgentTaskStep.Applying, $"Applying {patch.Files.Count} files to {run.Repository}.");
        var request = new PatchRequest { Id = checkpoint.ExecutionId!, Root = run.Repository, Patch = patch };
        var application = await patches.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        var applied = application.Outcome is PatchOutcome.Applied or PatchOutcome.AlreadyApplied;
        if (applied)
        {
            run.Report = run.Report with { Files = application.Files };
        }
        else
        {
            run.Report = PatchRejections.Add(run.Report, application.Conflicts);
        }

        await run.RecordAsync(
            AgentTaskStep.Delivered,
            OperationNames.PatchApplied,
            applied ? OperationOutcome.Succeeded : OperationOutcome.Refused,
            applied ? $"Applied {application.Files.Count} files." : run.Report.Failure!.Message,
            cancellationToken,
            PatchRejections.Data(application),
            checkpoint.ExecutionId).ConfigureAwait(false);
        return applied;
    }

    private async ValueTask VerifyAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        if (gate.VerifyCommandOf(run.Task) is not { } command)
        {
            run.Report = run.Report with { Status = AgentTaskStatus.Unverified, Failure = null };
            return;
        }

        try
        {
            if (await verifier.RunAsync(run, command, run.Repository, checkpoint.ExecutionId!, cancellationToken).ConfigureAwait(false))
            {
                run.Report = run.Report with { Status = AgentTaskStatus.Verified, Failure = null };
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody said yes, so it must not stay. The changes are kept: when the task is only given back, it goes on with them.
            await TakeBackAsync(run, checkpoint).ConfigureAwait(false);
            await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Collected, Snapshot = null }, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Restoring }, CancellationToken.None).ConfigureAwait(false);
        await TakeBackAsync(run, checkpoint).ConfigureAwait(false);
        run.Report = VerificationFailures.Add(run.Report, checkpoint.PatchFile!);
    }

    /// <summary>Takes the patch back and undoes what the verify command itself did. Not to be cancelled: half a restored tree is worse than a late one.</summary>
    private async ValueTask TakeBackAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint)
    {
        var reverted = await patches.RevertAsync(run.Repository, checkpoint.ExecutionId!, CancellationToken.None).ConfigureAwait(false);
        var leftovers = await guard.RestoreAsync(run.Repository, checkpoint.ExecutionId!, checkpoint.Snapshot, CancellationToken.None).ConfigureAwait(false);
        if (leftovers.Paths.Count > 0)
        {
            run.Note($"The verify command, or somebody else meanwhile, changed {string.Join(", ", leftovers.Paths.Take(10))}: put back as before; what stood there is kept in {leftovers.Directory}.");
        }

        run.Report = run.Report with { Files = [], Conflicts = [.. run.Report.Conflicts, .. reverted.Conflicts] };
        guard.Forget(checkpoint.ExecutionId!);
        var conflicted = reverted.Outcome == PatchOutcome.Conflicted && leftovers.Paths.Count == 0;
        await run.RecordAsync(
            AgentTaskStep.Restored,
            OperationNames.PatchReverted,
            conflicted ? OperationOutcome.Failed : OperationOutcome.Succeeded,
            conflicted ? "Some files were changed meanwhile and left as they are." : "The tree is as it was.",
            CancellationToken.None,
            new ValueMap([new("outcome", reverted.Outcome.ToName())]),
            checkpoint.ExecutionId).ConfigureAwait(false);
    }
}
