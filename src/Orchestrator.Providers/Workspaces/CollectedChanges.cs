namespace Orchestrator.Providers.Workspaces;

/// <summary>What an execution changed.</summary>
public sealed record CollectedChanges
{
    /// <summary>The changes against the base as git writes them, binary files and renames included. Bytes, because file contents have any encoding. Not redacted.</summary>
    public required ReadOnlyMemory<byte> Diff { get; init; }

    /// <summary>The paths that differ, with <c>/</c> between their parts; a renamed file counts twice.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The id of the whole tree as git would store it.</summary>
    public required string TreeId { get; init; }

    /// <summary>Directories that the provider had made repositories of their own; their git data was removed and their files count as files.</summary>
    public IReadOnlyList<string> NestedRepositories { get; init; } = [];

    /// <summary>
    /// Why the changes cannot be brought home, and what to do; <see langword="null"/> when they can. A provider changed the files of a submodule, which <see cref="Diff"/>
    /// cannot hold, or replaced a file of Git LFS, of which it had only the pointer.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty => Paths.Count == 0;
}
