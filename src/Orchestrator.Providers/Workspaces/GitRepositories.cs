using Orchestrator.Patching;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Looks at the caller's repositories and makes branches in them; never touches a work tree or an index.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class GitRepositories
{
    private readonly GitCommand _git;

    internal GitRepositories(GitCommand git) => _git = git;

    /// <summary>Finds out whether a directory is the root of a work tree with a commit, and what is uncommitted in it.</summary>
    /// <param name="repositoryPath">The directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The facts, or the error as a value. Runs in progress, such as a merge, are no error.</returns>
    public async ValueTask<GitInspection> InspectAsync(string repositoryPath, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(repositoryPath);
        try
        {
            var facts = await ReadFactsAsync(repositoryPath, cancellationToken).ConfigureAwait(false);
            var branch = await _git.TryRunAsync(new GitCall(facts.Root, "symbolic-ref", "--quiet", "--short", "HEAD"), cancellationToken).ConfigureAwait(false);
            var status = await _git.RunAsync(
                new GitCall(facts.Root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty"), cancellationToken).ConfigureAwait(false);
            return new GitInspection
            {
                HeadCommit = facts.HeadCommit,
                Branch = branch.ExitCode == 0 ? branch.Text : null,
                Changes = [.. status.Items.Where(item => item.Length > 3).Select(item => item[3..])],
            };
        }
        catch (WorkspaceException exception) when (exception.Code is "workspace.repository_unusable" or "workspace.git_missing")
        {
            return new GitInspection { Error = exception.Message };
        }
    }

    /// <summary>Reads the files that a patch set was made against, for a three-way merge.</summary>
    /// <param name="directory">A directory in the repository; the patch set's paths are relative to it.</param>
    /// <param name="revision">The commit, branch or other revision.</param>
    /// <param name="patch">The patch set that names files and blobs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The base, read as a whole: later changes of the repository do not change it.</returns>
    /// <exception cref="WorkspaceException">There is no such revision, no repository, or git cannot be run.</exception>
    public async ValueTask<IPatchBase> ReadBaseAsync(string directory, string revision, PatchSet patch, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(revision);
        ArgumentNullException.ThrowIfNull(patch);
        var commit = await _git.TryRunAsync(
            new GitCall(Path.GetFullPath(directory), "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"), cancellationToken).ConfigureAwait(false);
        return commit.ExitCode == 0
            ? await GitPatchBase.ReadAsync(_git, Path.GetFullPath(directory), commit.Text, patch, cancellationToken).ConfigureAwait(false)
            : throw Unusable($"{directory} has no revision '{revision}', or is no git repository. Name a commit that 'git log' shows.");
    }

    internal async ValueTask<RepositoryFacts> ReadFactsAsync(string repositoryPath, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(repositoryPath);
        if (!Directory.Exists(path))
        {
            throw Unusable($"{path} is not a directory.");
        }

        var where = await _git.TryRunAsync(new GitCall(path, "rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--show-prefix"), cancellationToken).ConfigureAwait(false);
        if (where.ExitCode != 0)
        {
            throw Unusable(where.Error.Contains("dubious ownership", StringComparison.Ordinal)
                ? $"{path} belongs to another user, so git refuses it: git config --global --add safe.directory '{path}'."
                : $"{path} is not a git repository: run 'git init' and commit there, or name another directory.");
        }

        var lines = where.Text.Split('\n');
        if (lines[0] == "true" || lines.ElementAtOrDefault(1) != "true")
        {
            throw Unusable($"{path} is a bare repository or inside .git, without a work tree: name a directory with the files checked out.");
        }

        if (lines.ElementAtOrDefault(2) is { Length: > 0 } prefix)
        {
            throw Unusable($"{path} lies inside a repository ({prefix}): name the repository's root instead.");
        }

        var head = await _git.TryRunAsync(new GitCall(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"), cancellationToken).ConfigureAwait(false);
        return head.ExitCode == 0
            ? await ReadPathsAsync(path, head.Text, cancellationToken).ConfigureAwait(false)
            : throw Unusable($"{path} has no commits yet: commit something first, so that there is a base to take changes against.");
    }

    /// <summary>Says why a commit could not be checked out, where that can be known.</summary>
    internal async ValueTask<WorkspaceException> ExplainAsync(RepositoryFacts facts, WorkspaceException failure, CancellationToken cancellationToken)
    {
        var commit = await _git.TryRunAsync(new GitCall(facts.Root, "cat-file", "-e", facts.HeadCommit + "^{commit}"), cancellationToken).ConfigureAwait(false);
        if (commit.ExitCode != 0)
        {
            return Unusable($"{facts.Root} has no commit {facts.HeadCommit}.");
        }

        var promisors = await _git.TryRunAsync(new GitCall(facts.Root, "config", "--get-regexp", @"^remote\..*\.promisor$"), cancellationToken).ConfigureAwait(false);
        return promisors.ExitCode == 0
            ? Unusable($"{facts.Root} is a partial clone that lacks files of {facts.HeadCommit}: 'git fetch --refetch --no-filter' gets them, or 'git checkout' of that commit in a tree that is not sparse.")
            : failure;
    }

    private static WorkspaceException Unusable(string message) => new("workspace.repository_unusable", message);

    private async ValueTask<RepositoryFacts> ReadPathsAsync(string path, string head, CancellationToken cancellationToken)
    {
        var output = await _git.RunAsync(
            new GitCall(path, "rev-parse", "--show-object-format", "--git-path", "objects", "--git-path", "info/exclude", "--git-path", "shallow", "--git-common-dir"),
            cancellationToken).ConfigureAwait(false);
        var excludes = await _git.TryRunAsync(new GitCall(path, "config", "--type=path", "--get", "core.excludesFile"), cancellationToken).ConfigureAwait(false);
        var lines = output.Text.Split('\n');
        return new RepositoryFacts
        {
            Root = path,
            HeadCommit = head,
            ObjectFormat = lines[0],
            ObjectDirectory = Path.GetFullPath(lines[1], path),
            ExcludeFile = Path.GetFullPath(lines[2], path),
            ShallowFile = Path.GetFullPath(lines[3], path),
            CommonDirectory = Path.GetFullPath(lines[4], path),
            UserExcludeFile = excludes.ExitCode == 0 ? excludes.Text : DefaultUserExcludes(),
        };
    }

    private static string DefaultUserExcludes() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "git",
        "ignore");
}
