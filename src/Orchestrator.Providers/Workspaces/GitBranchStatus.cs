namespace Orchestrator.Providers.Workspaces;

/// <summary>The outcome of making a branch.</summary>
public enum GitBranchStatus
{
    /// <summary>It is there.</summary>
    Created = 0,

    /// <summary>A branch of that name existed; it was left as it is.</summary>
    Exists,

    /// <summary>The name cannot be a branch here: it is malformed, or another branch is in its way.</summary>
    NameRefused,
}
