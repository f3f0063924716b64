using System.Text;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Runs a provider in a fresh workspace and takes what it changed as a kept patch file.</summary>
internal sealed class WorkspaceExecution(GitWorkspaces workspaces, AgentEventPump pump, IPatchManager patches, ISecretRedactor redactor, OrchestratorState state)
{
    private const int MaxKeptPatchLength = 1024 * 1024;

    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, IAgentProvider provider, AttemptJournal journal, decimal? budgetUsd, CancellationToken cancellationToken)
    {
        var record = journal.Record;
        if ((run.Arguments.Count > 0 || run.SecretNames.Count > 0) && provider.Descriptor.Kind is not (ProviderKind.AgentCli or ProviderKind.Command))
        {
            return new Attempt { ExecutionId = record.Id, Failure = Failure(FailureClass.Configuration, $"{provider.Descriptor.Name} runs no program on this machine: it takes no arguments and no more secrets.") };
        }

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
            BudgetUsd = budgetUsd,
            Arguments = run.Arguments,
            SecretNames = run.SecretNames,
        };
        var attempt = await pump.RunAsync(run, provider, execution, journal, cancellationToken).ConfigureAwait(false);
        var escapes = await workspace.FindEscapesAsync(cancellationToken).ConfigureAwait(false);
        if (EscapeVerdict.Of(run, provider.Descriptor, escapes, attempt.Failure) is { } escaped)
        {
            return attempt with { Failure = escaped };
        }

        return attempt.Failure is null ? await CollectAsync(run, workspace, attempt, cancellationToken).ConfigureAwait(false) : attempt;
    }

    private async ValueTask<Attempt> CollectAsync(AgentTaskRun run, GitWorkspace workspace, Attempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Patch is { } returned && await ApplyAsync(workspace, returned, attempt.ExecutionId, cancellationToken).ConfigureAwait(false) is { } refused)
        {
            return attempt with { Failure = refused };
        }

        var changes = await workspace.CollectAsync(cancellationToken).ConfigureAwait(false);
        if (changes.Refusal is { } refusal)
        {
            return attempt with { Failure = Failure(FailureClass.PatchRejected, redactor.Redact(refusal)) };
        }

        if (changes.IsEmpty)
        {
            return attempt with
            {
                Failure = attempt.RefusedTools > 0
                    ? Failure(FailureClass.PermissionDenied, $"{run.Report.Provider} was refused its tools {attempt.RefusedTools} times and changed nothing. Its last words: {Quote(attempt.Summary)}")
                    : Failure(FailureClass.NoChanges, $"{run.Report.Provider} ended well but changed nothing. Its last words: {Quote(attempt.Summary)}"),
            };
        }

        var parsed = patches.Parse(changes.Diff, run.Task.Id, PatchFormat.UnifiedDiff);
        if (parsed.Patch is null)
        {
            return attempt with { Failure = Failure(FailureClass.PatchRejected, $"The changes cannot be read as a patch: {parsed.Error?.Message}") };
        }

        // Before it reaches the disk outside the workspace: a patch that brings a known secret is not kept anywhere.
        if (parsed.Patch.Files.FirstOrDefault(redactor.HoldsSecret) is { } secret)
        {
            return attempt with { Failure = Failure(FailureClass.PatchRejected, $"{run.Report.Provider} wrote a known secret into {redactor.Redact(secret.Path)}: nothing was kept.") };
        }

        var file = state.PatchFile(attempt.ExecutionId);
        await KeepAsync(file, changes.Diff, cancellationToken).ConfigureAwait(false);
        return attempt with
        {
            Collected = new CollectedPatch(file, changes.TreeId, parsed.Patch.Files.Count, changes.Diff.Length),
            PatchText = changes.Diff.Length <= MaxKeptPatchLength ? redactor.Redact(Encoding.UTF8.GetString(changes.Diff.Span)) : null,
        };
    }

    /// <summary>Brings the changes of a provider that works elsewhere into the workspace, so that they are checked and collected like all others.</summary>
    private async ValueTask<AgentFailure?> ApplyAsync(GitWorkspace workspace, PatchSet patch, string executionId, CancellationToken cancellationToken)
    {
        var request = new PatchRequest { Id = executionId, Root = workspace.Workspace.Directory, Patch = patch };
        var application = await patches.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        return application.Outcome is PatchOutcome.Applied or PatchOutcome.AlreadyApplied
            ? null
            : Failure(FailureClass.PatchRejected, $"The provider's patch does not fit its base: {(application.Conflicts.Count > 0 ? application.Conflicts[0].Message : "no reason was given")}");
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
