namespace Orchestrator.Providers;

/// <summary>The directories that one execution may write to; never the caller's own tree.</summary>
public sealed record AgentWorkspace
{
    /// <summary>The absolute path of the tree that the agent changes: a git worktree or clone.</summary>
    public required string Directory { get; init => field = Require.Text(value); }

    /// <summary>The commit that the tree was checked out from and that changes are taken against: a full object id.</summary>
    public required string BaseCommit { get; init => field = Require.Text(value, 64); }

    /// <summary>An empty home directory for this execution alone.</summary>
    public required string HomeDirectory { get; init => field = Require.Text(value); }

    /// <summary>An empty directory for temporary files of this execution alone.</summary>
    public required string TemporaryDirectory { get; init => field = Require.Text(value); }
}
