using System.Globalization;

namespace Orchestrator.Providers.Workspaces;

/// <summary>
/// Puts the files of submodules into a workspace as far as the caller has them, so that the whole can be built, and finds out whether a provider changed them: such
/// changes belong to another repository and are not brought home.
/// </summary>
internal sealed class Submodules(GitCommand git, GitRepositories repositories)
{
    /// <summary>The submodules of a commit, those within submodules included.</summary>
    public async ValueTask<IReadOnlyList<Submodule>> ReadAsync(RepositoryFacts facts, CancellationToken cancellationToken)
    {
        var found = new List<Submodule>();
        await AddAsync(facts, "", found, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Checks out those that the caller has, byte for byte. The directories of the others stay empty.</summary>
    /// <param name="submodules">The submodules.</param>
    /// <param name="tree">The workspace's tree.</param>
    /// <param name="scratch">A directory of ours; gone afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask CheckOutAsync(IReadOnlyList<Submodule> submodules, string tree, string scratch, CancellationToken cancellationToken)
    {
        for (var number = 0; number < submodules.Count; number++)
        {
            if (submodules[number] is { Facts: { } facts } submodule)
            {
                var repository = Open(git, facts, scratch, number, Path.Combine(tree, submodule.Path));
                await repository.RunAsync(cancellationToken, "read-tree", "--reset", "-u", facts.HeadCommit).ConfigureAwait(false);
            }
        }

        TreeDeletion.Delete(scratch);
    }

    /// <summary>The submodules that differ from what was checked out: changed, filled, removed or replaced.</summary>
    public static async ValueTask<IReadOnlyList<string>> FindChangedAsync(
        GitCommand git, IReadOnlyList<Submodule> submodules, string tree, string scratch, CancellationToken cancellationToken)
    {
        var changed = new List<string>();
        for (var number = 0; number < submodules.Count; number++)
        {
            var submodule = submodules[number];
            var directory = new DirectoryInfo(Path.Combine(tree, submodule.Path));
            var isAsItWas = directory is { Exists: true, LinkTarget: null }
                && (submodule.Facts is { } facts
                    ? await IsUnchangedAsync(Open(git, facts, scratch, number, directory.FullName), facts.HeadCommit, cancellationToken).ConfigureAwait(false)
                    : !directory.EnumerateFileSystemInfos().Any());
            if (!isAsItWas)
            {
                changed.Add(submodule.Path);
            }
        }

        return changed;
    }

    private static async ValueTask<bool> IsUnchangedAsync(PrivateRepository repository, string commit, CancellationToken cancellationToken)
    {
        await repository.RunAsync(cancellationToken, "read-tree", commit).ConfigureAwait(false);
        var now = await repository.WriteTreeAsync(cancellationToken).ConfigureAwait(false);
        return now == (await repository.RunAsync(cancellationToken, "rev-parse", commit + "^{tree}").ConfigureAwait(false)).Text;
    }

    private static PrivateRepository Open(GitCommand git, RepositoryFacts facts, string scratch, int number, string directory) =>
        PrivateRepository.Create(git, facts, Path.Combine(scratch, number.ToString(CultureInfo.InvariantCulture)), directory);

    private async ValueTask AddAsync(RepositoryFacts facts, string prefix, List<Submodule> found, CancellationToken cancellationToken)
    {
        // Directories and submodules only: a mode, a type, an id, a tab and the path each.
        var entries = await git.RunAsync(new GitCall(facts.Root, "ls-tree", "-r", "-d", "-z", "--full-tree", facts.HeadCommit), cancellationToken).ConfigureAwait(false);
        foreach (var entry in entries.Items.Where(static entry => entry.StartsWith("160000 ", StringComparison.Ordinal)))
        {
            var tab = entry.IndexOf('\t', StringComparison.Ordinal);
            var path = entry[(tab + 1)..];
            var at = await FindAsync(Path.Combine(facts.Root, path), entry[..tab].Split(' ')[2], cancellationToken).ConfigureAwait(false);
            found.Add(new Submodule(prefix + path, at));
            if (at is not null)
            {
                await AddAsync(at, prefix + path + "/", found, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<RepositoryFacts?> FindAsync(string directory, string commit, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await repositories.ReadFactsAsync(directory, cancellationToken).ConfigureAwait(false);
            var there = await git.TryRunAsync(new GitCall(directory, "cat-file", "-e", commit + "^{tree}"), cancellationToken).ConfigureAwait(false);
            return there.ExitCode == 0 ? facts with { HeadCommit = commit } : null;
        }
        catch (WorkspaceException exception) when (exception.Code == "workspace.repository_unusable")
        {
            return null;
        }
    }
}
