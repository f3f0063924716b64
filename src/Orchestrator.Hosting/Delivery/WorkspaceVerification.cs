using System.Globalization;
using Orchestrator.Auditing;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Hosting;

/// <summary>Applies and verifies a patch in a fresh workspace.</summary>
internal sealed class WorkspaceVerification(GitWorkspaces workspaces, IPatchManager patches, Verifier verifier, SourceGate gate)
{
    private const int MaxContainers = 3; // all but the last may be lost under the command

    /// <summary>
    /// Sets the report's status: the patch fits and the verify command says yes, or there is none to ask. The workspace is gone afterwards, so that nothing the
    /// verify command made can get into the result.
    /// </summary>
    /// <exception cref="OrchestratorException">The command shall run in a container, but none could be had, or each was lost, or the image has no such program.</exception>
    public async ValueTask VerifyAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        for (var containers = 1; ; containers++)
        {
            try
            {
                await TryAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (VerificationBrokenException error) when (error.Class == FailureClass.Crashed && containers < MaxContainers)
            {
                run.Note("The container was lost in which the verify command ran: it runs once more, in another one.");
            }
            catch (OrchestratorException)
            {
                run.Report = run.Report with { Files = [], PatchFile = checkpoint.PatchFile };
                throw;
            }
        }
    }

    private async ValueTask TryAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        if (await ApplyAsync(run, checkpoint, patch, cancellationToken).ConfigureAwait(false) is not { } workspace)
        {
            return;
        }

        await using var removal = workspace.ConfigureAwait(false);

        if (gate.VerifyCommandOf(run.Task) is not { } command)
        {
            run.Report = run.Report with { Status = AgentTaskStatus.Unverified };
        }
        else if (await verifier.RunAsync(run, command, workspace, checkpoint.ExecutionId!, cancellationToken).ConfigureAwait(false))
        {
            run.Report = run.Report with { Status = AgentTaskStatus.Verified };
        }
        else
        {
            run.Report = VerificationFailures.Add(run.Report, checkpoint.PatchFile!);
        }
    }

    /// <summary>A fresh workspace with the patch applied; <see langword="null"/> when it does not fit, the report then says why.</summary>
    public async ValueTask<GitWorkspace?> ApplyAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken)
    {
        // Named after the lease too: what a dead worker left of the same execution is not in the way, and recovery ends that one's processes only.
        var id = string.Create(CultureInfo.InvariantCulture, $"{checkpoint.ExecutionId}-v{run.Context.FencingToken}");
        var workspace = await workspaces.CreateAsync(run.Repository, id, run.Report.BaseCommit, cancellationToken).ConfigureAwait(false);
        var request = new PatchRequest { Id = id, Root = workspace.Workspace.Directory, Patch = patch };
        PatchApplication application;
        try
        {
            application = await patches.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await workspace.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (application.Outcome is PatchOutcome.Applied or PatchOutcome.AlreadyApplied)
        {
            run.Report = run.Report with { Files = application.Files };
            return workspace;
        }

        await workspace.DisposeAsync().ConfigureAwait(false);
        run.Report = PatchRejections.Add(run.Report, application.Conflicts);
        await run.RecordAsync(
            AgentTaskStep.Delivered, OperationNames.PatchApplied, OperationOutcome.Refused, run.Report.Failure!.Message, cancellationToken, PatchRejections.Data(application), checkpoint.ExecutionId).ConfigureAwait(false);
        return null;
    }
}
