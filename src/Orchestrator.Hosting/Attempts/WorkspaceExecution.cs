using System.Text;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Runs a provider in a fresh workspace and takes what it changed as a kept patch file.</summary>
internal sealed class WorkspaceExecution(GitWorkspaces workspaces, AgentEventPump pump, IPatchManager patches, ISecretRedactor redactor, OrchestratorState state)
{
    private const int MaxKeptPatchLength = 1024 * 1024;

    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, IAgentProvider provider, ExecutionRecord record, CancellationToken cancellationToken)
    {
        var workspace = await workspaces.CreateAsync(run.Repository, record.Id, run.Report.BaseCommit, cancellationToken).ConfigureAwait(false);
        await using var removal = workspace.ConfigureAwait(false);
        await workspace.WatchRepositoryAsync(cancellationToken).ConfigureAwait(false);
        var execution = new AgentExecution
        {
            Id = record.Id,
            Task = run.Task,
            Attempt = record.Attempt,
            FencingToken = run.Context.FencingToken,
            Workspace = workspace.Workspace,
            Model = record.Model,
            BudgetUsd = run.Task.MaxCostUsd,
        };
        var attempt = await pump.RunAsync(run, provider, execution, cancellationToken).ConfigureAwait(false);
        var escapes = await workspace.FindEscapesAsync(cancellationToken).ConfigureAwait(false);
        if (EscapeVerdict.Of(run, provider.Descriptor.Name, escapes, attempt.Failure) is { } escaped)
        {
            return attempt with { Failure = escaped };
        }

        return attempt.Failure is null ? await CollectAsync(run, workspace, attempt, cancellationToken).ConfigureAwait(false) : attempt;
    }

    private async ValueTask<Attempt> CollectAsync(AgentTaskRun run, GitWorkspace workspace, Attempt attempt, CancellationToken cancellationToken)
    {
        var changes = await workspace.CollectAsync(cancellationToken).ConfigureAwait(false);
        if (changes.IsEmpty)
        {
            return attempt with { Failure = Failure(FailureClass.NoChanges, $"{run.Report.Provider} ended well but changed nothing. Its last words: {Quote(attempt.Summary)}") };
        }

        // Before it reaches the disk outside the workspace: a patch with a known secret is not kept anywhere.
        var text = Encoding.Latin1.GetString(changes.Diff.Span);
        if (redactor.Redact(text) != text)
        {
            return attempt with { Failure = Failure(FailureClass.PatchRejected, $"{run.Report.Provider} wrote a known secret into {string.Join(", ", changes.Paths.Take(5))}: nothing was kept.") };
        }

        var parsed = patches.Parse(changes.Diff, run.Task.Id, PatchFormat.UnifiedDiff);
        if (parsed.Patch is null)
        {
            return attempt with { Failure = Failure(FailureClass.PatchRejected, $"The changes cannot be read as a patch: {parsed.Error?.Message}") };
        }

        var file = state.PatchFile(attempt.ExecutionId);
        await KeepAsync(file, changes.Diff, cancellationToken).ConfigureAwait(false);
        await run.RecordAsync(
            AgentTaskStep.Collected,
            OperationNames.PatchCollected,
            OperationOutcome.Succeeded,
            $"Collected changes to {parsed.Patch.Files.Count} files ({changes.Diff.Length} bytes).",
            cancellationToken,
            new ValueMap([new("tree", changes.TreeId), new("file", file)]),
            attempt.ExecutionId).ConfigureAwait(false);
        return attempt with { PatchFile = file, PatchText = changes.Diff.Length <= MaxKeptPatchLength ? Encoding.UTF8.GetString(changes.Diff.Span) : null };
    }

    /// <summary>Written whole under another name first: a reader after a crash finds all of it or nothing.</summary>
    private static async ValueTask KeepAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var partial = file + ".partial";
        var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (stream.ConfigureAwait(false))
        {
            await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, file, overwrite: true);
    }

    private static AgentFailure Failure(FailureClass failure, string message) => new() { Class = failure, Message = message };

    private static string Quote(string text) => text.Length == 0 ? "none." : text.Length <= 300 ? text : text[..300] + " …";
}
