using Orchestrator.Auditing;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>A new branch in the caller's repository, made from a fresh workspace once the patch is verified. The work tree and the index are not touched.</summary>
internal sealed class BranchTarget(WorkspaceVerification verification) : IResultTarget
{
    public bool Serves(TaskOutput output) => output == TaskOutput.Branch;

    public async ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        await verification.VerifyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false);
        if (run.Report.Failure is not null)
        {
            return;
        }

        if (await verification.ApplyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false) is { } workspace)
        {
            await using var removal = workspace.ConfigureAwait(false);
            await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false); // Who lost the lease meanwhile makes no branch.
            await CreateAsync(run, checkpoint, workspace, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask CreateAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, GitWorkspace workspace, CancellationToken cancellationToken)
    {
        var name = "orchestrator/" + run.Task.Id;
        var result = await workspace.CreateBranchAsync(name, Message(run), cancellationToken).ConfigureAwait(false);

        // An earlier lease of the task may have made it before it ended: its name holds the task's id, so it is ours.
        var created = result.Status == GitBranchStatus.Created || (result.Status == GitBranchStatus.Exists && run.Context.FencingToken > 1);
        run.Report = created
            ? run.Report with { Branch = name }
            : run.Report with
            {
                Status = AgentTaskStatus.PatchRejected,
                PatchFile = checkpoint.PatchFile,
                Failure = new AgentFailure { Class = FailureClass.PatchRejected, Message = $"The branch could not be made: {result.Message} The changes are kept in {checkpoint.PatchFile}." },
            };
        await run.RecordAsync(
            AgentTaskStep.Delivered,
            OperationNames.PatchApplied,
            created ? OperationOutcome.Succeeded : OperationOutcome.Refused,
            created ? $"The result is on branch {name}." : run.Report.Failure!.Message,
            CancellationToken.None,
            new ValueMap([new("branch", name), new("commit", result.Commit ?? "")]),
            checkpoint.ExecutionId).ConfigureAwait(false);
    }

    private static string Message(AgentTaskRun run)
    {
        var line = run.Task.Instructions.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        var subject = (end < 0 ? line : line[..end]).ToString();
        return $"{(subject.Length <= 72 ? subject : subject[..71] + "…")}\n\nTask: {run.Task.Id}\nProvider: {run.Report.Provider}\n";
    }
}
