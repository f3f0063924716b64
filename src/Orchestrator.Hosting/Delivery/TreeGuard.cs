using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Hosting;

/// <summary>Remembers the caller's tree before a patch is applied, and puts back what differs after the patch was taken back.</summary>
internal sealed class TreeGuard(TreeSnapshots snapshots, OrchestratorState state)
{
    /// <summary>Takes the snapshot; the text is all that a restart needs to know.</summary>
    public async ValueTask<string> CaptureAsync(string repository, string executionId, CancellationToken cancellationToken) =>
        (await snapshots.CaptureAsync(repository, DirectoryOf(executionId), cancellationToken).ConfigureAwait(false)).TreeId;

    /// <summary>Puts back every path that differs from the snapshot; what stood there is moved to the leftovers.</summary>
    public async ValueTask<TreeLeftovers> RestoreAsync(string repository, string executionId, string? treeId, CancellationToken cancellationToken)
    {
        var leftovers = Path.Combine(state.Leftovers, executionId);
        if (treeId is null || !Directory.Exists(DirectoryOf(executionId)))
        {
            return new TreeLeftovers([], leftovers);
        }

        var snapshot = new TreeSnapshot(repository, DirectoryOf(executionId), treeId);
        var changed = await snapshots.ChangesSinceAsync(snapshot, cancellationToken).ConfigureAwait(false);
        if (changed.Count > 0)
        {
            await snapshots.RestoreAsync(snapshot, changed, leftovers, cancellationToken).ConfigureAwait(false);
        }

        return new TreeLeftovers(changed, leftovers);
    }

    public void Forget(string executionId) => TreeSnapshots.Forget(DirectoryOf(executionId));

    private string DirectoryOf(string executionId) => Path.Combine(state.Snapshots, executionId);
}

/// <summary>What had to be put back beside the patch, and where the other contents are kept.</summary>
internal sealed record TreeLeftovers(IReadOnlyList<string> Paths, string Directory);
