using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>How far an application has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">How many files are done in this stage.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct PatchProgress(PatchStage Stage, int Done, int Total);

/// <summary>The stages of an application.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PatchStage>))]
public enum PatchStage
{
    /// <summary>Every place is looked for, and the files after are made in memory.</summary>
    Planning = 0,

    /// <summary>What the files were and shall be is written to the journal.</summary>
    Journalling,

    /// <summary>The files are written.</summary>
    Writing,

    /// <summary>The files are taken back.</summary>
    RollingBack,
}
