using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>What came of applying or taking back a patch set.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PatchOutcome>))]
public enum PatchOutcome
{
    /// <summary>An outcome that this version does not know.</summary>
    Unknown = 0,

    /// <summary>All of it is in the tree.</summary>
    Applied,

    /// <summary>All of it was in the tree before.</summary>
    AlreadyApplied,

    /// <summary>None of it is in the tree; the tree is as it was.</summary>
    Rejected,

    /// <summary>It was in the tree and has been taken back; the tree is as it was before it.</summary>
    Reverted,

    /// <summary>There is nothing under that id.</summary>
    NotFound,

    /// <summary>A third party changed a file meanwhile: that file was left alone, see the conflicts.</summary>
    Conflicted,
}
