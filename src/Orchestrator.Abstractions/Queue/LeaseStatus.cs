using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>Whether a lease held when a worker wrote under it.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<LeaseStatus>))]
public enum LeaseStatus
{
    /// <summary>It did not, or a status that this version does not know: nothing was changed; the task belongs to somebody else.</summary>
    Lost = 0,

    /// <summary>It did.</summary>
    Held,
}
