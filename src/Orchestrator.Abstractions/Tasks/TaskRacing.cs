using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>Whether several providers may work on one task at the same time. The losers are cancelled, and what they cost is charged to the task.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskRacing>))]
public enum TaskRacing
{
    /// <summary>One provider after the other. Also a value that this version does not know.</summary>
    None = 0,

    /// <summary>A second provider starts when the first takes unusually long.</summary>
    Hedge,

    /// <summary>Two providers start at once.</summary>
    Race,
}
