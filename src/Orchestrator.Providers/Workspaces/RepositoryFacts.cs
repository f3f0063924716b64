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
}
