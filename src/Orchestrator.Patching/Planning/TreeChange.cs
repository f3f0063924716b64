namespace Orchestrator.Patching;

/// <summary>What becomes of one path.</summary>
/// <param name="Path">The path in the tree.</param>
/// <param name="Before">What is there; <see langword="null"/> for nothing.</param>
/// <param name="Identity">Which file it is.</param>
/// <param name="After">What shall be there.</param>
internal sealed record TreeChange(string Path, FileImage? Before, FileIdentity Identity, FileImage? After);

/// <summary>A directory that goes because its last file goes.</summary>
internal sealed record EmptiedDirectory(string Path, UnixFileMode Mode);

/// <summary>Everything that an application does, found out before anything is written.</summary>
internal sealed record TreePlan(PatchOutcome Outcome, ValueList<FileChange> Files, ValueList<PatchConflict> Conflicts)
{
    public IReadOnlyList<TreeChange> Changes { get; init; } = [];

    /// <summary>Every file patch with the file that it starts from and the file that it makes.</summary>
    public IReadOnlyList<FilePair> Pairs { get; init; } = [];

    /// <summary>Directories to make, parents first.</summary>
    public IReadOnlyList<string> NewDirectories { get; init; } = [];

    /// <summary>Directories that may become empty, deepest first.</summary>
    public IReadOnlyList<EmptiedDirectory> EmptiedDirectories { get; init; } = [];

    public PatchPlan ToPlan() => new() { Outcome = Outcome, Files = Files, Conflicts = Conflicts };
}

/// <summary>A file patch with both files.</summary>
internal sealed record FilePair(FilePatch Patch, FileImage? Before, FileImage? After);
