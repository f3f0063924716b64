using System.Text;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Takes snapshots of work trees, finds what changed since, and puts files back exactly.</summary>
/// <remarks>
/// A snapshot survives the process: keep its three values to use it later. Neither the repository's index nor its <c>.git</c> is changed. Ignored files,
/// empty directories and the content of submodules are out of scope. Thread-safe for different snapshots.
/// </remarks>
public sealed class TreeSnapshots
{
    private readonly GitRepositories _repositories;
    private readonly GitCommand _git;

    internal TreeSnapshots(GitRepositories repositories, GitCommand git)
    {
        _repositories = repositories;
        _git = git;
    }

    /// <summary>Takes a snapshot.</summary>
    /// <param name="repositoryPath">The root of the work tree.</param>
    /// <param name="directory">Where to keep it; made anew, an earlier snapshot there is forgotten.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="WorkspaceException">The repository cannot be used or read.</exception>
    public async ValueTask<TreeSnapshot> CaptureAsync(string repositoryPath, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var facts = await _repositories.ReadFactsAsync(repositoryPath, cancellationToken).ConfigureAwait(false);
        var path = Path.GetFullPath(directory);
        TreeDeletion.Delete(path);
        var repository = PrivateRepository.Create(_git, facts, path, facts.Root);
        await repository.RunAsync(cancellationToken, "read-tree", facts.HeadCommit).ConfigureAwait(false);
        return new TreeSnapshot(facts.Root, path, await repository.WriteTreeAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Forgets a snapshot.</summary>
    /// <param name="directory">Where it is kept. Nothing happens when it is gone.</param>
    public static void Forget(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        TreeDeletion.Delete(Path.GetFullPath(directory));
    }

    /// <summary>Finds the paths that differ from the snapshot now.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Changed, new and missing paths, relative, with <c>/</c> between their parts.</returns>
    /// <exception cref="WorkspaceException">The repository or the snapshot cannot be read.</exception>
    public async ValueTask<IReadOnlyList<string>> ChangesSinceAsync(TreeSnapshot snapshot, CancellationToken cancellationToken = default)
    {
        var repository = await OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        var now = await repository.WithIndexCopy("index.now").WriteTreeAsync(cancellationToken).ConfigureAwait(false);
        return await repository.DifferenceAsync(snapshot.TreeId, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts paths back as they were: bytes, mode, link, or absence. What stands there now is moved away first.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="paths">Paths as <see cref="ChangesSinceAsync"/> gave them.</param>
    /// <param name="leftoversDirectory">Where the present files go, under the same relative paths.</param>
    /// <param name="cancellationToken">Gives up between two files; calling again finishes the work.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="WorkspaceException">A file could not be put back.</exception>
    /// <exception cref="ArgumentException">A path leaves the tree or is in <c>.git</c>.</exception>
    public async ValueTask RestoreAsync(TreeSnapshot snapshot, IReadOnlyCollection<string> paths, string leftoversDirectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentException.ThrowIfNullOrEmpty(leftoversDirectory);
        var repository = await OpenAsync(snapshot, cancellationToken).ConfigureAwait(false);
        var leftovers = new Leftovers(snapshot.RepositoryPath, Path.GetFullPath(leftoversDirectory));

        // Short paths first: a link that took a directory's place is moved before anything is looked for behind it.
        var ordered = paths.OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).ToArray();
        foreach (var path in ordered)
        {
            cancellationToken.ThrowIfCancellationRequested();
            leftovers.Move(path);
        }

        var known = (await repository.RunAsync(cancellationToken, "ls-tree", "-r", "-z", "--name-only", "--full-tree", snapshot.TreeId).ConfigureAwait(false)).Items.ToHashSet(StringComparer.Ordinal);
        var restored = ordered.Where(known.Contains).ToArray();
        var index = repository.WithIndexCopy("index.restore");
        await index.RunAsync(cancellationToken, "read-tree", snapshot.TreeId).ConfigureAwait(false);
        var call = index.Call("checkout-index", "--force", "-z", "--stdin") with { Input = Encoding.UTF8.GetBytes(string.Concat(restored.Select(path => path + "\0"))) };
        await _git.RunAsync(call, cancellationToken).ConfigureAwait(false);
        leftovers.RemoveEmptyParents(ordered);
    }

    private async ValueTask<PrivateRepository> OpenAsync(TreeSnapshot snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var facts = await _repositories.ReadFactsAsync(snapshot.RepositoryPath, cancellationToken).ConfigureAwait(false);
        return PrivateRepository.Open(_git, facts, snapshot.Directory, facts.Root);
    }
}
