namespace Orchestrator.Providers.Workspaces;

/// <summary>Whether a branch was made.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="Commit">The new commit, when it was.</param>
/// <param name="Message">Why not, and what to do, when it was not.</param>
public readonly record struct GitBranchResult(GitBranchStatus Status, string? Commit, string? Message);
