namespace Orchestrator.Providers.Workspaces;

/// <summary>What changed outside the directories that a provider may write to.</summary>
public sealed record WorkspaceEscapes
{
    /// <summary>Absolute paths of what lies beside the workspace's own directories.</summary>
    public IReadOnlyList<string> WorkspacePaths { get; init; } = [];

    /// <summary>What changed in the caller's repository: paths of files, and parts of <c>.git</c> such as <c>HEAD</c>, <c>refs/heads/x</c>, <c>.git/config</c>.</summary>
    public IReadOnlyList<string> RepositoryChanges { get; init; } = [];

    /// <summary>Whether anything was found.</summary>
    public bool Any => WorkspacePaths.Count > 0 || RepositoryChanges.Count > 0;
}
