using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>What becomes of a task's result.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskOutput>))]
public enum TaskOutput
{
    /// <summary>The patch is applied all-or-nothing to the caller's work tree and verified there. The default.</summary>
    Apply = 0,

    /// <summary>The patch is verified in the workspace and committed to a new branch; the caller's work tree is not touched.</summary>
    Branch,

    /// <summary>The patch is verified in the workspace and written to a file; the caller's repository is not touched.</summary>
    Patch,
}
