using Orchestrator.Executions;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>Brings a collected patch to where the task wants it, and tells router and execution log whether it was right.</summary>
internal sealed class ResultDelivery(IEnumerable<IResultTarget> targets, TreeSettlement settlement, IPatchManager patches, IProviderRouter router, IExecutionLog executions)
{
    public async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(checkpoint.PatchFile!, cancellationToken).ConfigureAwait(false);
        var parsed = bytes is null ? null : patches.Parse(bytes, run.Task.Id, PatchFormat.UnifiedDiff);
        if (parsed?.Patch is not { } patch)
        {
            var message = parsed?.Error?.Message ?? $"the kept patch {checkpoint.PatchFile} is gone";
            await settlement.SettleAsync(run).ConfigureAwait(false);
            run.Report = run.Report with { Status = AgentTaskStatus.PatchRejected, Failure = new AgentFailure { Class = FailureClass.PatchRejected, Message = $"The collected changes cannot be read: {message}." } };
            return;
        }

        var signed = patch with { BaseCommit = run.Report.BaseCommit, Metadata = new PatchMetadata { Provider = run.Report.Provider, Model = run.Report.Model } };
        await targets.Single(target => target.Serves(run.Task.Output)).DeliverAsync(run, checkpoint, signed, cancellationToken).ConfigureAwait(false);
        await TeachAsync(run, checkpoint.ExecutionId!, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What an earlier delivery of the task left in the caller's tree is settled, because nobody goes on with it.</summary>
    public ValueTask SettleAsync(AgentTaskRun run) => settlement.SettleAsync(run);

    private static async ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
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
            router.Report(new ExecutionOutcome(decision.Id, run.Report.Provider!, run.Task.Type, OutcomeStage.Verified, failure, Complexity: decision.Complexity));
        }

        var attempts = await executions.ListAsync(run.Task.Id, cancellationToken).ConfigureAwait(false);
        if (attempts.FirstOrDefault(attempt => attempt.Id == executionId) is { } record)
        {
            var status = failure is null ? ExecutionStatus.Verified : ExecutionStatus.Failed;
            await executions.SaveAsync(record with { Status = status, Failure = run.Report.Failure }, cancellationToken).ConfigureAwait(false);
        }
    }
}
