using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Providers;

/// <summary>What a tool of an agent does.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ToolKind>))]
public enum ToolKind
{
    /// <summary>None of the others.</summary>
    Other = 0,

    /// <summary>Reads or lists files.</summary>
    Read,

    /// <summary>Changes files.</summary>
    Edit,

    /// <summary>Runs a command.</summary>
    Shell,

    /// <summary>Searches code or the web.</summary>
    Search,

    /// <summary>Fetches something from a network.</summary>
    Fetch,
}
