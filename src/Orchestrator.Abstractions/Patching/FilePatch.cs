using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>The edits of one file.</summary>
/// <remarks>Paths are untrusted here: the patch manager checks them before anything is opened.</remarks>
public sealed record FilePatch
{
    /// <summary>The file after the patch; of a deleted file, the file before. Relative to the root, with <c>/</c>.</summary>
    public required string Path { get; init => field = Require.Text(value, 4096); }

    /// <summary>The file before, when it is renamed or copied.</summary>
    public string? OldPath { get; init => field = Require.OptionalText(value, 4096); }

    /// <summary>What is done to the file.</summary>
    public required FileOperation Operation { get; init; }

    /// <summary>The mode before, when the patch says so.</summary>
    public PatchFileMode OldMode { get; init; }

    /// <summary>The mode after, when the patch says so.</summary>
    public PatchFileMode NewMode { get; init; }

    /// <summary>The SHA-256 of the whole file before in hexadecimal digits; the patch is refused when the file has another. <see langword="null"/> when not known.</summary>
    public string? BaseHash { get; init => field = Require.OptionalText(value, 64); }

    /// <summary>The git object id of the file before, in hexadecimal digits, possibly shortened; <see langword="null"/> when not known. With a base to read it from, it allows a three-way merge.</summary>
    public string? BaseBlob { get; init => field = Require.OptionalText(value, 64); }

    /// <summary>Whether the patch may make the file although it is there: some formats cannot say "new" and "replace" apart. Refused by default by the patch manager.</summary>
    public bool Overwrites { get; init; }

    /// <summary>The whole file after, for new, binary and replaced files; <see langword="null"/> when <see cref="Edits"/> say it.</summary>
    public PatchContent? Content { get; init; }

    /// <summary>A git binary delta against the file before; <see langword="null"/> for none. <see cref="BaseHash"/> or the delta's own size guards it.</summary>
    public PatchContent? BinaryDelta { get; init; }

    /// <summary>The edits in the order of the file, all against the same file before.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<PatchEdit>))]
    public ValueList<PatchEdit> Edits { get; init => field = value ?? []; } = [];
}
