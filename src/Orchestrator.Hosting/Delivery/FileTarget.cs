using Orchestrator.Auditing;
using Orchestrator.Patching;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>A patch file: the collected diff itself, once it is verified.</summary>
internal sealed class FileTarget(WorkspaceVerification verification) : IResultTarget
{
    public bool Serves(TaskOutput output) => output == TaskOutput.Patch;

    public async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        await verification.VerifyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false);
        if (run.Report.Failure is null)
        {
            run.Report = run.Report with { PatchFile = checkpoint.PatchFile };
            await run.RecordAsync(
                AgentTaskStep.Delivered, OperationNames.PatchApplied, OperationOutcome.Succeeded, $"The result is in {checkpoint.PatchFile}.", CancellationToken.None, executionId: checkpoint.ExecutionId).ConfigureAwait(false);
        }
    }
}
