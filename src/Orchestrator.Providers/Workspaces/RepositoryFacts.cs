namespace Orchestrator.Providers.Workspaces;

/// <summary>Where the parts of a caller's repository lie.</summary>
internal sealed record RepositoryFacts
{
    public required string Root { get; init; }

    public required string HeadCommit { get; init; }

    public required string ObjectFormat { get; init; }

    public required string ObjectDirectory { get; init; }

    public required string ExcludeFile { get; init; }

    public required string UserExcludeFile { get; init; }

    public required string ShallowFile { get; init; }

    public required string CommonDirectory { get; init; }

    /// <summary>The submodules of <see cref="HeadCommit"/>; read for workspaces only.</summary>
    public IReadOnlyList<Submodule> Submodules { get; init; } = [];
}
