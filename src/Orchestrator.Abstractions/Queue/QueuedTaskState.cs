using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>The state of a task in the queue.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<QueuedTaskState>))]
public enum QueuedTaskState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Waits for its time.</summary>
    Scheduled,

    /// <summary>Waits for a worker.</summary>
    Available,

    /// <summary>A worker holds its lease.</summary>
    Running,

    /// <summary>Failed, and waits for its next attempt.</summary>
    Retryable,

    /// <summary>Waits for other tasks of its plan.</summary>
    Blocked,

    /// <summary>Done. Final.</summary>
    Completed,

    /// <summary>Cancelled by somebody. Final.</summary>
    Cancelled,

    /// <summary>Given up: the dead letter. Final, but an operator may retry it.</summary>
    Discarded,
}
