using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>One reason why a task does not run right now.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Message">The reason in a sentence, with the figures.</param>
/// <param name="Until">When it will be over, where that is known.</param>
[method: JsonConstructor]
public readonly record struct TaskWait(TaskWaitReason Reason, string Message, DateTimeOffset? Until = null);

/// <summary>Why a task waits.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskWaitReason>))]
public enum TaskWaitReason
{
    /// <summary>A reason that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Nothing stands in its way but the tasks before it and the number of workers.</summary>
    Worker,

    /// <summary>Its time has not come.</summary>
    NotDue,

    /// <summary>Its window is closed.</summary>
    WindowClosed,

    /// <summary>The queue is paused.</summary>
    QueuePaused,

    /// <summary>It waits for other tasks of its plan.</summary>
    Dependencies,

    /// <summary>It is a gate that waits for somebody's word.</summary>
    Approval,

    /// <summary>The queue runs as many tasks as it may.</summary>
    QueueLimit,

    /// <summary>Its group runs as many tasks as it may.</summary>
    GroupLimit,

    /// <summary>Its group started as many tasks as it may for now.</summary>
    GroupRate,

    /// <summary>Only certain workers may take it.</summary>
    Assignment,

    /// <summary>Its deadline passed; it will be discarded.</summary>
    DeadlinePassed,

    /// <summary>It runs or is finished.</summary>
    NotWaiting,
}
