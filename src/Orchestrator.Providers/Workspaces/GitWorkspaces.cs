using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Makes isolated work trees for executions and removes what dead ones left.</summary>
/// <remarks>
/// A workspace is a work tree with a private git directory that borrows the objects of the caller's repository. Unlike a tree of <c>git worktree add</c> it
/// leaves no trace in the caller's <c>.git</c>, cannot change its branches, configuration or hooks, and is gone when its directory is. Thread-safe.
/// </remarks>
public sealed class GitWorkspaces
{
    private readonly GitRepositories _repositories;
    private readonly GitCommand _git;
    private readonly WorkspaceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal GitWorkspaces(GitRepositories repositories, GitCommand git, IOptions<WorkspaceOptions> options, TimeProvider time, ILogger<GitWorkspaces>? logger)
    {
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
    /// <exception cref="WorkspaceException">The repository cannot be used, git failed, or the execution has a workspace already.</exception>
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
        if (Path.Exists(directory))
        {
            throw new WorkspaceException("workspace.exists", $"Execution {executionId} has a workspace already: {directory}.");
        }

        var layout = new WorkspaceLayout(directory);
        try
        {
            layout.Create();
            facts = await CheckOutAsync(facts, layout, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            TreeDeletion.Delete(directory);
            throw;
        }

        _logger.WorkspaceCreated(executionId, facts.HeadCommit);
        return new GitWorkspace(executionId, facts, layout, _git, _options, _time, _logger);
    }

    /// <summary>Removes what a crash left: the workspaces of executions that are not alive, after ending every process that still works in them.</summary>
    /// <param name="liveExecutionIds">The executions that may still use their workspace.</param>
    /// <param name="cancellationToken">Stops between two workspaces.</param>
    /// <returns>The ids of the executions whose workspaces were removed.</returns>
    /// <exception cref="WorkspaceException">A directory could not be removed; the others are.</exception>
    public ValueTask<IReadOnlyList<string>> RecoverAsync(IReadOnlySet<string> liveExecutionIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(liveExecutionIds);
        return RecoverAsync(_ => ValueTask.FromResult<Func<string, bool>>(liveExecutionIds.Contains), cancellationToken);
    }

    /// <summary>The same for a directory that other processes use too.</summary>
    /// <param name="findLive">
    /// Gives the test of whether a workspace may still be in use. Asked only after the workspaces were listed: one that is made meanwhile is not looked at.
    /// </param>
    /// <param name="cancellationToken">Stops between two workspaces.</param>
    /// <returns>The ids of the executions whose workspaces were removed.</returns>
    /// <exception cref="WorkspaceException">A directory could not be removed; the others are.</exception>
    public async ValueTask<IReadOnlyList<string>> RecoverAsync(
        Func<CancellationToken, ValueTask<Func<string, bool>>> findLive, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(findLive);
        var found = Directory.Exists(_options.Directory) ? Directory.GetDirectories(_options.Directory) : [];
        var isLive = await findLive(cancellationToken).ConfigureAwait(false);
        var removed = new List<string>();
        WorkspaceException? failure = null;
        foreach (var directory in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = Path.GetFileName(directory);
            if (!Identifiers.IsName(id) || isLive(id))
            {
                continue;
            }

            try
            {
                await OrphanedProcesses.EndAsync(id, cancellationToken).ConfigureAwait(false);
                TreeDeletion.Delete(directory);
                removed.Add(id);
                _logger.WorkspaceRecovered(id);
            }
            catch (WorkspaceException exception)
            {
                failure = exception;
            }
        }

        return failure is null ? removed : throw failure;
    }

    private async Task<RepositoryFacts> CheckOutAsync(RepositoryFacts facts, WorkspaceLayout layout, CancellationToken cancellationToken)
    {
        var repository = PrivateRepository.Create(_git, facts, Path.Combine(layout.Tree, ".git"), layout.Tree);
        try
        {
            await repository.RunAsync(cancellationToken, "read-tree", "--reset", "-u", facts.HeadCommit).ConfigureAwait(false);
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
