using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary>What a patch command found or did.</summary>
internal sealed record PatchResult(PatchOutcome Outcome, ValueList<FileChange> Files, ValueList<PatchConflict> Conflicts)
{
    /// <summary>The application's id, to take it back with.</summary>
    public string? Application { get; init; }

    public bool IsDryRun { get; init; }

    /// <summary>What a dry run would change.</summary>
    public PatchContent? Diff { get; init; }

    public string? Message { get; init; }
}
