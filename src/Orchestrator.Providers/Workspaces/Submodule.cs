namespace Orchestrator.Providers.Workspaces;

/// <summary>A submodule of the base commit.</summary>
/// <param name="Path">Its directory, relative, with <c>/</c> between the parts.</param>
/// <param name="Facts">
/// Where the caller has it checked out, with the commit that the base names as its head; <see langword="null"/> when the caller has not, or lacks that commit.
/// </param>
internal sealed record Submodule(string Path, RepositoryFacts? Facts);
