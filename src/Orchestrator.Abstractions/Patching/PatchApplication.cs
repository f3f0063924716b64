using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>What came of applying, taking back or recovering a patch set.</summary>
public sealed record PatchApplication
{
    /// <summary>The id under which it was applied.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The outcome.</summary>
    public required PatchOutcome Outcome { get; init; }

    /// <summary>What was done to each file.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<FileChange>))]
    public ValueList<FileChange> Files { get; init => field = value ?? []; } = [];

    /// <summary>Every reason why it was refused, or why something could not be restored.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<PatchConflict>))]
    public ValueList<PatchConflict> Conflicts { get; init => field = value ?? []; } = [];
}
