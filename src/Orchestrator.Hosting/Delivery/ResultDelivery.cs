using Orchestrator.Executions;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>Brings a collected patch to where the task wants it, and tells router and execution log whether it was right.</summary>
internal sealed class ResultDelivery(IEnumerable<IResultTarget> targets, IPatchManager patches, IProviderRouter router, IExecutionLog executions)
{
    public async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        // From here on the patch must not be lost: a restart continues with it instead of paying the agent again.
        if (checkpoint.Phase == AgentTaskPhase.Collected)
        {
            await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        }

        var bytes = await ReadAsync(checkpoint.PatchFile!, cancellationToken).ConfigureAwait(false);
        var parsed = bytes is null ? null : patches.Parse(bytes, run.Task.Id, PatchFormat.UnifiedDiff);
        if (parsed?.Patch is not { } patch)
        {
            var message = parsed?.Error?.Message ?? $"the kept patch {checkpoint.PatchFile} is gone";
            run.Report = run.Report with { Status = AgentTaskStatus.PatchRejected, Failure = new AgentFailure { Class = FailureClass.PatchRejected, Message = $"The collected changes cannot be read: {message}." } };
            return;
        }

        var signed = patch with { BaseCommit = run.Report.BaseCommit, Metadata = new PatchMetadata { Provider = run.Report.Provider, Model = run.Report.Model } };
        await targets.Single(target => target.Serves(run.Task.Output)).DeliverAsync(run, checkpoint, signed, cancellationToken).ConfigureAwait(false);
        await TeachAsync(run, checkpoint.ExecutionId!, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Only verified outcomes are learned from; an unverified delivery says nothing about quality.</summary>
    private async ValueTask TeachAsync(AgentTaskRun run, string executionId, CancellationToken cancellationToken)
    {
        FailureClass? failure = run.Report.Status switch
        {
            AgentTaskStatus.Verified => null,
            AgentTaskStatus.VerificationFailed => FailureClass.VerificationFailed,
            AgentTaskStatus.PatchRejected => FailureClass.PatchRejected,
            _ => FailureClass.Unknown,
        };
        if (failure == FailureClass.Unknown)
        {
            return;
        }

        if (run.Report.Decision is { } decision)
        {
            router.Report(new ExecutionOutcome(decision.Id, run.Report.Provider!, run.Task.Type, OutcomeStage.Verified, failure));
        }

        var attempts = await executions.ListAsync(run.Task.Id, cancellationToken).ConfigureAwait(false);
        if (attempts.FirstOrDefault(attempt => attempt.Id == executionId) is { } record)
        {
            var status = failure is null ? ExecutionStatus.Verified : ExecutionStatus.Failed;
            await executions.SaveAsync(record with { Status = status, Failure = run.Report.Failure }, cancellationToken).ConfigureAwait(false);
        }
    }
}
