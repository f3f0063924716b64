using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>What applying a patch set would do: a dry run. Nothing was written.</summary>
public sealed record PatchPlan
{
    /// <summary>What would come of it; <see cref="PatchOutcome.Applied"/> means that it would apply.</summary>
    public required PatchOutcome Outcome { get; init; }

    /// <summary>What would be done to each file.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<FileChange>))]
    public ValueList<FileChange> Files { get; init => field = value ?? []; } = [];

    /// <summary>Every reason why it would be refused.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<PatchConflict>))]
    public ValueList<PatchConflict> Conflicts { get; init => field = value ?? []; } = [];

    /// <summary>What it would change as a git diff; empty when nothing would be.</summary>
    public PatchContent Diff { get; init; }
}
