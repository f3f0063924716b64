using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Refuses what cannot work before an agent is paid for it: no repository, a dirty tree, a verify command that is not there, containers that this host does not use.</summary>
internal sealed class SourceGate(GitRepositories repositories, Verifier verifier, IOptions<OrchestratorOptions> options)
{
    /// <summary>Why the task cannot be run; <see langword="null"/> when it can.</summary>
    public async ValueTask<AgentFailure?> CheckAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        if (run.Task.Source is not LocalSource)
        {
            return Refusal($"Sources of kind '{run.Task.Source.Kind}' cannot be served yet: name a directory with a local source.");
        }

        if (verifier.FindOtherPool(run.Task) is { } otherPool)
        {
            return Refusal(otherPool);
        }

        var inspection = await repositories.InspectAsync(run.Repository, cancellationToken).ConfigureAwait(false);
        if (inspection.Error is { } error)
        {
            return Refusal(error);
        }

        if (inspection.Changes.Count > 0 && !run.Task.AllowDirty)
        {
            var sample = string.Join(", ", inspection.Changes.Take(5)) + (inspection.Changes.Count > 5 ? ", …" : "");
            return Refusal($"{run.Repository} has {inspection.Changes.Count} uncommitted changes ({sample}): commit or stash them, or accept them with --allow-dirty (AllowDirty); they are then kept as they are.");
        }

        run.Report = run.Report with { BaseCommit = inspection.HeadCommit };
        return VerifyCommandOf(run.Task) is { } verify && !verifier.UsesContainers(run.Task) && Executables.Find(verify.Executable, run.Repository) is null
            ? Refusal($"The verify command '{verify.Executable}' is neither on PATH nor a file in {run.Repository}: nothing was started.")
            : null;
    }

    /// <summary>The task's verify command, or the default one.</summary>
    public CommandLine? VerifyCommandOf(AgentTask task) =>
        task.VerifyCommand ?? (options.Value.DefaultVerifyCommand is { } text ? CommandLine.Parse(text) : null);

    private static AgentFailure Refusal(string message) => new() { Class = FailureClass.Configuration, Message = message };
}
