namespace Orchestrator.Providers.Workspaces;

/// <summary>The isolated work tree of one execution.</summary>
/// <remarks>Not for use by several threads at once. Disposing it removes it, with everything in it.</remarks>
public sealed class GitWorkspace : IAsyncDisposable
{
    private readonly RepositoryFacts _facts;
    private readonly WorkspaceLayout _layout;
    private readonly GitCommand _git;
    private readonly GitWorkspaceServices _services;
    private Action? _remove;
    private RepositoryFingerprint? _before;

    internal GitWorkspace(string executionId, RepositoryFacts facts, WorkspaceLayout layout, Action remove, GitWorkspaceServices services)
    {
        ExecutionId = executionId;
        _facts = facts;
        _layout = layout;
        _remove = remove;
        _git = services.Git;
        _services = services;
        Workspace = new AgentWorkspace
        {
            Directory = layout.Tree,
            BaseCommit = facts.HeadCommit,
            HomeDirectory = layout.Home,
            TemporaryDirectory = layout.Temporary,
        };
    }

    /// <summary>The execution.</summary>
    public string ExecutionId { get; }

    /// <summary>What the provider is given.</summary>
    public AgentWorkspace Workspace { get; }

    /// <summary>Takes everything that differs from the base, however it came about: edits, new files that are not ignored, deletions, modes, commits.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The changes as a git diff.</returns>
    /// <remarks>
    /// Every file is read anew with a git directory of our own, so that nothing the provider wrote into its repository, configuration or attributes is
    /// believed or run. The git data of repositories that the provider made inside the tree is removed, so that their files count as files. What a diff cannot
    /// hold is told by <see cref="CollectedChanges.Refusal"/>.
    /// </remarks>
    /// <exception cref="WorkspaceException">The tree was replaced or cannot be read, or the changes are too large.</exception>
    public async ValueTask<CollectedChanges> CollectAsync(CancellationToken cancellationToken = default)
    {
        var (repository, tree, nested) = await TakeTreeAsync(cancellationToken).ConfigureAwait(false);
        var call = repository.Call(
            "diff", "--binary", "--full-index", "-M", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=none", _facts.HeadCommit, tree);
        var diff = await _git.RunAsync(call with { MaxOutputBytes = _services.Options.MaxChangesBytes }, cancellationToken).ConfigureAwait(false);
        var paths = await repository.DifferenceAsync(_facts.HeadCommit, tree, cancellationToken).ConfigureAwait(false);
        _services.Logger.ChangesCollected(ExecutionId, paths.Count, diff.Bytes.Length);
        var refusal = await RefuseAsync(repository, paths, cancellationToken).ConfigureAwait(false);
        return new CollectedChanges { Diff = diff.Bytes, TreeId = tree, Paths = paths, NestedRepositories = nested, Refusal = refusal };
    }

    /// <summary>Remembers what the caller's repository looks like now, for <see cref="FindEscapesAsync"/>. It reads every file: call it before the provider starts.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="WorkspaceException">The repository could not be read.</exception>
    public async ValueTask WatchRepositoryAsync(CancellationToken cancellationToken = default)
    {
        TreeDeletion.Delete(_layout.Watch);
        var repository = PrivateRepository.Create(_git, _facts, _layout.Watch, _facts.Root);
        _before = await RepositoryFingerprint.TakeAsync(_git, _facts, repository, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds what changed outside the directories that the provider may write to.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// What lies beside the workspace's directories and, after <see cref="WatchRepositoryAsync"/>, what changed in the caller's repository. Other programs and
    /// people may have made the latter changes; where writes are confined they must have. Ignored files are not looked at.
    /// </returns>
    /// <exception cref="WorkspaceException">The repository could not be read.</exception>
    public async ValueTask<WorkspaceEscapes> FindEscapesAsync(CancellationToken cancellationToken = default)
    {
        var changes = Array.Empty<string>() as IReadOnlyList<string>;
        if (_before is not null)
        {
            var repository = PrivateRepository.Open(_git, _facts, _layout.Watch, _facts.Root);
            var after = await RepositoryFingerprint.TakeAsync(_git, _facts, repository.WithIndexCopy("index.after"), cancellationToken).ConfigureAwait(false);
            changes = [.. await repository.DifferenceAsync(_before.Tree, after.Tree, cancellationToken).ConfigureAwait(false), .. _before.Differences(after)];
        }

        return new WorkspaceEscapes { WorkspacePaths = _layout.Strangers(), RepositoryChanges = changes };
    }

    /// <summary>Puts the tree as it is now on a new branch of the caller's repository, as one commit on the base. Its work tree, index and HEAD stay as they are.</summary>
    /// <param name="branch">The branch, for example <c>orchestrator/task-1</c>.</param>
    /// <param name="message">The commit's message.</param>
    /// <param name="cancellationToken">Gives up; the branch is then not there.</param>
    /// <returns>Whether the branch was made.</returns>
    /// <exception cref="WorkspaceException">git failed.</exception>
    public async ValueTask<GitBranchResult> CreateBranchAsync(string branch, string message, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(branch);
        ArgumentException.ThrowIfNullOrEmpty(message);
        var (repository, tree, _) = await TakeTreeAsync(cancellationToken).ConfigureAwait(false);
        return await new GitBranch(_git, _facts, _services.Time).CreateAsync(repository, tree, branch, message, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the workspace. Nothing happens when it is gone already. What cannot be removed is logged (event 1403) and left to <see cref="GitWorkspaces.RecoverAsync"/>.</summary>
    /// <returns>Nothing.</returns>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _remove, null)?.Invoke();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<string?> RefuseAsync(PrivateRepository repository, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var submodules = await Submodules.FindChangedAsync(_git, _facts.Submodules, _layout.Tree, Path.Combine(_layout.Collect, "submodules"), cancellationToken).ConfigureAwait(false);
        if (submodules.Count > 0)
        {
            return $"The submodule {string.Join(", ", submodules)} was changed. Changes in submodules are not taken: give the submodule's own repository as the source.";
        }

        var replaced = await LfsPointers.FindReplacedAsync(repository, _git, _facts.HeadCommit, paths, cancellationToken).ConfigureAwait(false);
        return replaced.Count > 0
            ? $"{string.Join(", ", replaced)} was replaced, of which Git LFS holds the content and the workspace only the pointer. Say in the instructions to leave it as it is."
            : null;
    }

    private async Task<(PrivateRepository Repository, string Tree, IReadOnlyList<string> Nested)> TakeTreeAsync(CancellationToken cancellationToken)
    {
        var directory = new DirectoryInfo(_layout.Tree);
        if (!directory.Exists || directory.LinkTarget is not null)
        {
            throw new WorkspaceException("workspace.tampered", $"{_layout.Tree} is not the directory that was made for execution {ExecutionId}.");
        }

        var nested = RemoveNested();
        TreeDeletion.Delete(_layout.Collect);
        var repository = PrivateRepository.Create(_git, _facts, _layout.Collect, _layout.Tree);
        await repository.RunAsync(cancellationToken, "read-tree", _facts.HeadCommit).ConfigureAwait(false);
        return (repository, await repository.WriteTreeAsync(cancellationToken).ConfigureAwait(false), nested);
    }

    private IReadOnlyList<string> RemoveNested()
    {
        try
        {
            return NestedRepositories.Remove(_layout.Tree);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WorkspaceException("workspace.tampered", $"The directories in {_layout.Tree} cannot be read: they are closed, or nested too deeply.", exception);
        }
    }
}
