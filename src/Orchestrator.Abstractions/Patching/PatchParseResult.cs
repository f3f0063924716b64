namespace Orchestrator.Patching;

/// <summary>What came of reading a patch.</summary>
public sealed record PatchParseResult
{
    /// <summary>The patch set; <see langword="null"/> when it could not be read.</summary>
    public PatchSet? Patch { get; init; }

    /// <summary>What is wrong; <see langword="null"/> when it could be read.</summary>
    public PatchConflict? Error { get; init; }
}
