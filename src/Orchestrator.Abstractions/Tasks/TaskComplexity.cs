using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>How hard a task is. Success rates, durations and costs are learned for each complexity apart.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskComplexity>))]
public enum TaskComplexity
{
    /// <summary>Not said, or a value that this version does not know; estimated.</summary>
    Unknown = 0,

    /// <summary>One place, mechanical: a typing error, a rename.</summary>
    Simple,

    /// <summary>A few files, some thought.</summary>
    Moderate,

    /// <summary>Many files, or a design to be found.</summary>
    Complex,
}
