using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>What came of an operator's change to a task.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskChangeStatus>))]
public enum TaskChangeStatus
{
    /// <summary>A status that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Done.</summary>
    Changed,

    /// <summary>The task runs; its worker was asked and will do it.</summary>
    Requested,

    /// <summary>There is no such task.</summary>
    NotFound,

    /// <summary>The task's state does not allow it; nothing was changed.</summary>
    WrongState,
}
