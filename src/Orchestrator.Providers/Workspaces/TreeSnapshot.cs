namespace Orchestrator.Providers.Workspaces;

/// <summary>The bytes, modes and links of a repository's work tree at one moment. Ignored files are not part of it.</summary>
/// <param name="RepositoryPath">The root of the work tree.</param>
/// <param name="Directory">Where the snapshot is kept: a directory of ours, outside the repository. Delete it to forget the snapshot.</param>
/// <param name="TreeId">The tree's id: equal ids mean equal trees.</param>
public sealed record TreeSnapshot(string RepositoryPath, string Directory, string TreeId);
