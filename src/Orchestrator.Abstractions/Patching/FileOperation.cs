using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>What a patch does to a file.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FileOperation>))]
public enum FileOperation
{
    /// <summary>An operation that this version does not know; refused.</summary>
    Unknown = 0,

    /// <summary>Makes a file that must not be there.</summary>
    Create,

    /// <summary>Changes a file that must be there.</summary>
    Modify,

    /// <summary>Removes a file that must be there.</summary>
    Delete,

    /// <summary>Moves a file, and may change it.</summary>
    Rename,

    /// <summary>Copies a file, and may change the copy.</summary>
    Copy,
}
