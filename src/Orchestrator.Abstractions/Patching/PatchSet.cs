using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>All edits of one result: applied as a whole or not at all.</summary>
public sealed record PatchSet
{
    /// <summary>The version of this form.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the form that it was written in.</summary>
    /// <value><see cref="CurrentVersion"/> by default.</value>
    public int Version { get; init => field = Require.AtLeast(value == 0 ? CurrentVersion : value, 1); } = CurrentVersion;

    /// <summary>The task that it answers.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The commit that it was made against: a full object id; <see langword="null"/> when not known.</summary>
    public string? BaseCommit { get; init => field = Require.OptionalText(value, 64); }

    /// <summary>
    /// Whether the elements of <see cref="Files"/> are done one after the other, each on what those before it left, so that a file may be named several times: tool calls and envelopes
    /// are so. Otherwise all of them speak of the same tree before, and a file named twice is refused.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool IsSequential { get; init; }

    /// <summary>The edits, one element a file, in the order in which they are done.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<FilePatch>))]
    public required ValueList<FilePatch> Files { get; init => field = Require.NotNull(value); }

    /// <summary>Who made it.</summary>
    public PatchMetadata Metadata { get; init => field = value ?? new(); } = new();
}
