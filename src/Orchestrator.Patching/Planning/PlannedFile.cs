namespace Orchestrator.Patching;

/// <summary>What a path holds while a patch set is planned, and how it came there.</summary>
/// <param name="Image">The file.</param>
/// <param name="Origin">The path in the tree before whose file it was; <see langword="null"/> when the patch makes it.</param>
internal sealed record PlannedFile(FileImage Image, string? Origin)
{
    /// <summary>Whether the file at the origin stays as well.</summary>
    public bool IsCopy { get; init; }

    /// <summary>The file patches that made it what it is.</summary>
    public IReadOnlyList<FilePatch> Steps { get; init; } = [];

    /// <summary>The least exact tier of all edits.</summary>
    public MatchTier Tier { get; init; }

    public bool IsMerged { get; init; }

    /// <summary>The same file after one more step.</summary>
    public PlannedFile After(FilePatch step, FileImage image, EditResult? edits) => this with
    {
        Image = image,
        Steps = [.. Steps, step],
        Tier = edits is { } result && result.Tier > Tier ? result.Tier : Tier,
        IsMerged = IsMerged || edits is { IsMerged: true },
    };
}
