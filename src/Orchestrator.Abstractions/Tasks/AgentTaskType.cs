using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>What kind of work a task is; the router weighs providers by it.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<AgentTaskType>))]
public enum AgentTaskType
{
    /// <summary>A type that this version does not know. Such a task is refused by the router, never guessed at.</summary>
    Unknown = 0,

    /// <summary>Write something new.</summary>
    Generate,

    /// <summary>Mend a defect.</summary>
    Fix,

    /// <summary>Change the form of code, not what it does.</summary>
    Refactor,

    /// <summary>Make code use less time, memory or money.</summary>
    Optimize,
}
