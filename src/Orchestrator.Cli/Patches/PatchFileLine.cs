using Orchestrator.Json;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary>A changed file as <c>orchestrator patch --json</c> tells it.</summary>
internal sealed record PatchFileLine(string Path, string Kind, int Edits, string Tier)
{
    public string? OldPath { get; init; }

    public string? BeforeHash { get; init; }

    public string? AfterHash { get; init; }

    public int Added { get; init; }

    public int Removed { get; init; }

    public bool? Merged { get; init; }

    public static PatchFileLine Of(FileChange file) => new(file.Path, file.IsRewrite ? "rewrite" : file.Operation.ToName(), file.Edits, file.Tier.ToName())
    {
        OldPath = file.OldPath,
        BeforeHash = file.BeforeHash,
        AfterHash = file.AfterHash,
        Added = file.AddedLines,
        Removed = file.RemovedLines,
        Merged = file.IsMerged ? true : null,
    };
}

/// <summary>A conflict as <c>orchestrator patch --json</c> tells it.</summary>
internal sealed record PatchErrorLine(string Code, string Message)
{
    public string? File { get; init; }

    public int? Edit { get; init; }

    public int? Line { get; init; }

    public int? Column { get; init; }

    public string? Expected { get; init; }

    public string? Actual { get; init; }

    public int[] Candidates { get; init; } = [];

    public PatchDiagnosis? Diagnosis { get; init; }

    public static PatchErrorLine Of(PatchConflict conflict) => new(conflict.Code.ToName(), conflict.Message)
    {
        File = conflict.Path,
        Edit = conflict.Edit,
        Line = conflict.Line,
        Column = conflict.Column,
        Expected = conflict.Expected,
        Actual = conflict.Actual,
        Candidates = [.. conflict.Candidates],
        Diagnosis = conflict.Diagnosis,
    };
}
