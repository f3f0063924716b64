using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Makes isolated work trees for executions and removes what dead ones left.</summary>
/// <remarks>
/// A workspace is a work tree with a private git directory that borrows the objects of the caller's repository, or, for containers, has a copy of its commit's. Unlike a tree of <c>git worktree add</c> it
/// leaves no trace in the caller's <c>.git</c>, cannot change its branches, configuration or hooks, and is gone when its directory is. Thread-safe.
/// </remarks>
public sealed class GitWorkspaces
{
    private readonly GitRepositories _repositories;
    private readonly GitCommand _git;
    private readonly WorkspaceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<string> _delete;
    private readonly WorkspaceMarkers _markers;

    internal GitWorkspaces(
        GitRepositories repositories, GitCommand git, IOptions<WorkspaceOptions> options, TimeProvider time, ILogger<GitWorkspaces>? logger, Action<string>? delete = null, WorkspaceMarkers? markers = null)
    {
        _markers = markers ?? new WorkspaceMarkers(time);
        _delete = delete ?? TreeDeletion.Delete;
        _repositories = repositories;
        _git = git;
        _options = options.Value;
        _time = time;
        _logger = logger ?? NullLogger<GitWorkspaces>.Instance;
    }

    /// <summary>Checks out a commit of the caller's repository into a workspace of its own.</summary>
    /// <param name="repositoryPath">The root of the caller's work tree. Nothing in it, nor in its <c>.git</c>, is changed.</param>
    /// <param name="executionId">The execution; also the name of the directory. One workspace an id.</param>
    /// <param name="baseCommit">The commit to check out, full; <see langword="null"/> for the one that HEAD names.</param>
    /// <param name="cancellationToken">Gives up; nothing is left then.</param>
    /// <returns>The workspace; dispose it to remove it.</returns>
    /// <remarks>
    /// Files are checked out byte for byte as they are stored: no line ends are changed and no LFS content is fetched. All files of the commit are there, in a sparse
    /// checkout too; untracked and ignored files of the caller are not. Submodules have their files when the caller's have, else they are empty directories.
    /// </remarks>
    /// <exception cref="WorkspaceException">The repository cannot be used, git failed, the execution has a workspace already, or files cannot be locked where workspaces lie.</exception>
    public async ValueTask<GitWorkspace> CreateAsync(
        string repositoryPath, string executionId, string? baseCommit = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(repositoryPath);
        if (!Identifiers.IsName(executionId))
        {
            throw new ArgumentException("An execution id must be a valid identifier.", nameof(executionId));
        }

        var facts = await _repositories.ReadFactsAsync(repositoryPath, cancellationToken).ConfigureAwait(false);
        facts = facts with { HeadCommit = baseCommit ?? facts.HeadCommit };
        var directory = Path.Combine(Path.GetFullPath(_options.Directory), executionId);
        var marker = await _markers.TryCreateAsync(directory, cancellationToken).ConfigureAwait(false)
            ?? throw new WorkspaceException("workspace.exists", $"Execution {executionId} has a workspace already: {directory}.");
        var layout = new WorkspaceLayout(directory);
        try
        {
            layout.Create();
            facts = await CheckOutAsync(facts, layout, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Remove(marker);
            throw;
        }

        _logger.WorkspaceCreated(executionId, facts.HeadCommit);
        return new GitWorkspace(executionId, facts, layout, () => Remove(marker), new GitWorkspaceServices(_git, _options, _time, _logger));
    }

    /// <summary>Removes what crashes left: workspaces that were made here and that no process uses any more, after ending every process that still works in them.</summary>
    /// <param name="cancellationToken">Stops between two workspaces.</param>
    /// <returns>The ids of the executions whose workspaces were removed.</returns>
    /// <remarks>
    /// Whether a workspace is in use is told by the file that its process keeps locked beside it, so any number of processes, of any number of databases, may share the
    /// directory. A directory without such a file is somebody else's and is never touched.
    /// </remarks>
    /// <exception cref="WorkspaceException">A directory could not be removed; the others are. Or files cannot be locked there: then nothing is touched.</exception>
    public async ValueTask<IReadOnlyList<string>> RecoverAsync(CancellationToken cancellationToken = default)
    {
        var removed = new List<string>();
        WorkspaceException? failure = null;
        foreach (var file in Find(Path.GetFullPath(_options.Directory)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var marker = _markers.TryTake(file);
                if (marker is not null)
                {
                    await RemoveAbandonedAsync(marker, cancellationToken).ConfigureAwait(false);
                    removed.Add(marker.Id);
                }
            }
            catch (WorkspaceException exception)
            {
                failure = exception;
            }
            catch (Exception exception) when (IsOfDisk(exception))
            {
                failure = NotRemoved(file, exception);
            }
        }

        return failure is null ? removed : throw failure;
    }

    private static IReadOnlyList<string> Find(string root)
    {
        try
        {
            return WorkspaceMarkers.FilesIn(root);
        }
        catch (Exception exception) when (IsOfDisk(exception))
        {
            throw NotRemoved(root, exception);
        }
    }

    private static bool IsOfDisk(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static WorkspaceException NotRemoved(string path, Exception exception) =>
        new("workspace.not_removed", $"What belongs to {path} could not be removed: {exception.Message}", exception);

    private async ValueTask RemoveAbandonedAsync(WorkspaceMarker marker, CancellationToken cancellationToken)
    {
        // Where only the removal failed, the execution's id may mark a verify command by now.
        if (!marker.HasEnded)
        {
            await OrphanedProcesses.EndAsync(marker.Id, cancellationToken).ConfigureAwait(false);
        }

        _delete(marker.Directory);
        marker.Remove();
        _logger.WorkspaceRecovered(marker.Id);
    }

    /// <summary>What cannot be removed must not take the place of what the execution came to: it is left to recovery.</summary>
    private void Remove(WorkspaceMarker marker)
    {
        using (marker)
        {
            try
            {
                _delete(marker.Directory);
                marker.Remove();
            }
            catch (Exception exception) when (exception is WorkspaceException || IsOfDisk(exception))
            {
                _logger.WorkspaceNotRemoved(exception, marker.Id);
                Leave(marker);
            }
        }
    }

    private static void Leave(WorkspaceMarker marker)
    {
        try
        {
            marker.Leave();
        }
        catch (Exception exception) when (IsOfDisk(exception))
        {
            // The disk is full, for example. Recovery then looks for processes of the execution too.
        }
    }

    private async Task<RepositoryFacts> CheckOutAsync(RepositoryFacts facts, WorkspaceLayout layout, CancellationToken cancellationToken)
    {
        var repository = PrivateRepository.Create(_git, facts, Path.Combine(layout.Tree, ".git"), layout.Tree);
        try
        {
            await repository.RunAsync(cancellationToken, "read-tree", "--reset", "-u", facts.HeadCommit).ConfigureAwait(false);
            if (_options.HasOwnObjects)
            {
                await repository.TakeObjectsAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (WorkspaceException exception) when (exception.Code == "workspace.git_failed")
        {
            throw await _repositories.ExplainAsync(facts, exception, cancellationToken).ConfigureAwait(false);
        }

        var submodules = new Submodules(_git, _repositories);
        facts = facts with { Submodules = await submodules.ReadAsync(facts, cancellationToken).ConfigureAwait(false) };
        await submodules.CheckOutAsync(facts.Submodules, layout.Tree, layout.Collect, cancellationToken).ConfigureAwait(false);
        foreach (var submodule in facts.Submodules.Where(static submodule => submodule.Facts is null))
        {
            _logger.SubmoduleLeftEmpty(submodule.Path, Path.GetFileName(layout.Root));
        }

        // For an agent that commits; its commits are collected like any other change.
        await File.AppendAllTextAsync(
            Path.Combine(layout.Tree, ".git", "config"), "[user]\n\tname = Orchestrator agent\n\temail = agent@localhost\n", cancellationToken).ConfigureAwait(false);
        return facts;
    }
}
