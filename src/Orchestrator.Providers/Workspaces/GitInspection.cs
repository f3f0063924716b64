namespace Orchestrator.Providers.Workspaces;

/// <summary>What is known of a repository before anything is done with it.</summary>
public sealed record GitInspection
{
    /// <summary>Why it cannot be used, and what to do; <see langword="null"/> when it can.</summary>
    public string? Error { get; init; }

    /// <summary>The commit that HEAD names: a full object id. Empty when there is an error.</summary>
    public string HeadCommit { get; init; } = "";

    /// <summary>The branch that HEAD is on; <see langword="null"/> when it is detached.</summary>
    public string? Branch { get; init; }

    /// <summary>Paths with uncommitted changes, untracked files included, ignored ones not.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Whether there are uncommitted changes.</summary>
    public bool IsDirty => Changes.Count > 0;
}
