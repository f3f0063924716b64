using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Which of several equal places an edit means.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<EditOccurrence>))]
public enum EditOccurrence
{
    /// <summary>There must be exactly one place, or the line must decide. The default.</summary>
    Unique = 0,

    /// <summary>Every place.</summary>
    All,
}
