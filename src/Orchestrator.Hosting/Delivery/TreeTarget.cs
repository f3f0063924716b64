using System.Globalization;
using Orchestrator.Auditing;
using Orchestrator.Patching;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>
/// The caller's work tree: apply under a journal, verify in place, and take everything back when the answer is no. Where verify commands run in containers, which have no such tree, the
/// changes are verified before.
/// </summary>
/// <remarks>
/// Each step is written down before it is done: in the checkpoint for the worker that takes the task up again, and in the tree's own record for anybody who
/// comes to the tree when no worker does. A worker that lost its lease leaves everything as it is, for its successor.
/// </remarks>
internal sealed class TreeTarget(
    IPatchManager patches, GitRepositories repositories, TreeHolds holds, TreeGuard guard, TreeTakeBack takeBack, Verifier verifier, WorkspaceVerification verification, SourceGate gate) : IResultTarget
{
    public bool Serves(TaskOutput output) => output == TaskOutput.Apply;

    public async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        checkpoint = await VerifyBeforeAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false);
        using var hold = await holds.EnterAsync(run.Repository, cancellationToken).ConfigureAwait(false);

        // The wait may have been long: who lost the lease meanwhile touches nothing.
        await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        var inTree = await ResumeAsync(run, checkpoint, hold, cancellationToken).ConfigureAwait(false);
        if (checkpoint.Phase == AgentTaskPhase.Restoring)
        {
            run.Report = run.Report.Failure is null ? VerificationFailures.Add(run.Report, checkpoint.PatchFile!) : run.Report;
            return;
        }

        await DeliverAsync(run, checkpoint, inTree ? null : patch, hold, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks in a container, where verify commands run in one: who was told no there has only to see to it that the tree is as it was.</summary>
    private async ValueTask<AgentTaskCheckpoint> VerifyBeforeAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        var isAsked = run.Report.Status == AgentTaskStatus.Verified || checkpoint.Phase == AgentTaskPhase.Restoring;
        if (isAsked || !verifier.UsesContainers(run.Task) || gate.VerifyCommandOf(run.Task) is null)
        {
            return checkpoint;
        }

        if (holds.IsPending(run.Repository))
        {
            // What nobody said yes to does not stay in the tree for as long as the answer takes.
            using var hold = await holds.EnterAsync(run.Repository, cancellationToken).ConfigureAwait(false);
            checkpoint = checkpoint with { Phase = AgentTaskPhase.Collected };
            await ResumeAsync(run, checkpoint, hold, cancellationToken).ConfigureAwait(false);
        }

        await verification.VerifyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false);
        checkpoint = run.Report.Failure is null ? checkpoint : checkpoint with { Phase = AgentTaskPhase.Restoring };
        await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false); // It is not asked twice.
        return checkpoint;
    }

    /// <summary>What an earlier delivery left: this task's own patch may be whole in the tree; everything else is taken back.</summary>
    private async ValueTask<bool> ResumeAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, TreeHold hold, CancellationToken cancellationToken)
    {
        if (hold.Pending is not { } pending)
        {
            return false;
        }

        var known = await patches.RecoverAsync(run.Repository, cancellationToken).ConfigureAwait(false);
        var isOurs = pending.TaskId == run.Task.Id && pending.ApplicationId == checkpoint.ApplicationId && checkpoint.Phase is AgentTaskPhase.Applying or AgentTaskPhase.Verifying;
        if (isOurs && known.FirstOrDefault(application => application.Id == pending.ApplicationId) is { Outcome: PatchOutcome.Applied } application)
        {
            run.Report = run.Report with { Files = application.Files };
            return true;
        }

        await TakeBackAsync(run, hold).ConfigureAwait(false);
        return false;
    }

    private async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet? patch, TreeHold hold, CancellationToken cancellationToken)
    {
        try
        {
            if (patch is not null)
            {
                checkpoint = await PrepareAsync(run, checkpoint, hold, cancellationToken).ConfigureAwait(false);
                if (!await ApplyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false))
                {
                    Leave(hold);
                    return;
                }
            }

            hold.Begin(hold.Pending! with { Verifying = true, Kept = false });
            checkpoint = checkpoint with { Phase = AgentTaskPhase.Verifying };
            await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
            if (await IsRightAsync(run, checkpoint, cancellationToken).ConfigureAwait(false))
            {
                // The report is safe before the means to take the patch back are thrown away.
                hold.Begin(hold.Pending! with { Kept = true });
                await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Settled }, CancellationToken.None).ConfigureAwait(false);
                Leave(hold);
                return;
            }
        }
        catch when (!run.IsLeaseLost && hold.Pending is not null)
        {
            await WithdrawAsync(run, checkpoint, hold).ConfigureAwait(false);
            throw;
        }

        await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Restoring }, CancellationToken.None).ConfigureAwait(false);
        await TakeBackAsync(run, hold).ConfigureAwait(false);
        run.Report = VerificationFailures.Add(run.Report, checkpoint.PatchFile!);
    }

    /// <summary>Writes down what is about to be done, and photographs the tree.</summary>
    private async ValueTask<AgentTaskCheckpoint> PrepareAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, TreeHold hold, CancellationToken cancellationToken)
    {
        var executionId = checkpoint.ExecutionId!;
        var record = new TreeRecord
        {
            Repository = run.Repository,
            TaskId = run.Task.Id,
            ExecutionId = executionId,
            ApplicationId = string.Create(CultureInfo.InvariantCulture, $"{executionId}-a{run.Context.FencingToken}"),
        };
        hold.Begin(record);
        hold.Begin(record with { Snapshot = await guard.CaptureAsync(run.Repository, executionId, cancellationToken).ConfigureAwait(false) });
        checkpoint = checkpoint with { Phase = AgentTaskPhase.Applying, ApplicationId = record.ApplicationId };
        await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        return checkpoint;
    }

    private async ValueTask<bool> ApplyAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        run.Show(AgentTaskStep.Applying, $"Applying {patch.Files.Count} files to {run.Repository}.");
        var request = new PatchRequest
        {
            Id = checkpoint.ApplicationId!,
            Root = run.Repository,
            Patch = patch,

            // The caller may have worked on while the agent did: what changed since is merged, or told as a conflict.
            Base = patch.BaseCommit is { } commit ? await repositories.ReadBaseAsync(run.Repository, commit, patch, cancellationToken).ConfigureAwait(false) : null,
        };
        var application = await patches.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        var applied = application.Outcome is PatchOutcome.Applied or PatchOutcome.AlreadyApplied;
        run.Report = applied ? run.Report with { Files = application.Files } : PatchRejections.Add(run.Report, application.Conflicts);
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

    private async ValueTask<bool> IsRightAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        if (gate.VerifyCommandOf(run.Task) is not { } command)
        {
            run.Report = run.Report with { Status = AgentTaskStatus.Unverified, Failure = null };
            return true;
        }

        var passed = verifier.UsesContainers(run.Task) || await verifier.RunAsync(run, command, run.Repository, checkpoint.ExecutionId!, checkpoint.ExecutionId!, cancellationToken).ConfigureAwait(false);
        run.Report = passed ? run.Report with { Status = AgentTaskStatus.Verified, Failure = null } : run.Report;
        return passed;
    }

    /// <summary>Nobody said yes, so it must not stay. The changes are kept: when the task was only given back, it goes on with them.</summary>
    private async ValueTask WithdrawAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, TreeHold hold)
    {
        run.Report = run.Report with { Status = AgentTaskStatus.Unknown, Files = [], Verification = null };
        await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Collected, ApplicationId = null }, CancellationToken.None).ConfigureAwait(false);
        await TakeBackAsync(run, hold).ConfigureAwait(false);
    }

    private async ValueTask TakeBackAsync(AgentTaskRun run, TreeHold hold)
    {
        var isOurs = hold.Pending!.TaskId == run.Task.Id;
        var taken = await takeBack.RunAsync(hold).ConfigureAwait(false);
        if (!isOurs)
        {
            return;
        }

        run.Report = run.Report with { Files = [], Conflicts = [.. run.Report.Conflicts, .. taken.Conflicts] };
        if (taken.Leftovers.Paths.Count > 0)
        {
            run.Note($"The verify command, or somebody else meanwhile, changed {string.Join(", ", taken.Leftovers.Paths.Take(10))}: put back as before; what stood there is kept in {taken.Leftovers.Directory}.");
        }
    }

    private void Leave(TreeHold hold)
    {
        guard.Forget(hold.Pending!.ExecutionId);
        hold.End();
    }
}
