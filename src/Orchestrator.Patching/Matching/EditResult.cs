namespace Orchestrator.Patching;

/// <summary>What came of a file's edits.</summary>
internal sealed record EditResult
{
    /// <summary>The file after; <see langword="null"/> when there are <see cref="Conflicts"/>.</summary>
    public ReadOnlyMemory<byte>? After { get; init; }

    /// <summary>The least exact tier that was needed.</summary>
    public MatchTier Tier { get; init; }

    /// <summary>Whether it took a three-way merge.</summary>
    public bool IsMerged { get; init; }

    public IReadOnlyList<PatchConflict> Conflicts { get; init; } = [];
}
