using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>A form in which patches come.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PatchFormat>))]
public enum PatchFormat
{
    /// <summary>Found out from the content. The default.</summary>
    Auto = 0,

    /// <summary>A unified diff with or without git's extended headers and binary patches.</summary>
    UnifiedDiff,

    /// <summary>A <see cref="PatchSet"/> as JSON.</summary>
    PatchSet,
}
