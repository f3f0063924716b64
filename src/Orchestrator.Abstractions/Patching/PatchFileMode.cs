using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>The modes that git knows for a file.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PatchFileMode>))]
public enum PatchFileMode
{
    /// <summary>The patch does not say: the mode stays as it is.</summary>
    Unspecified = 0,

    /// <summary>100644.</summary>
    Regular,

    /// <summary>100755.</summary>
    Executable,

    /// <summary>120000. Refused unless the policy allows links.</summary>
    SymbolicLink,

    /// <summary>160000, a submodule. Always refused.</summary>
    Submodule,
}
