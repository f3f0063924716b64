using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>What happens when a task is enqueued whose deduplication key is taken.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<DeduplicationMode>))]
public enum DeduplicationMode
{
    /// <summary>The task that is there stays as it is.</summary>
    Keep = 0,

    /// <summary>
    /// The task that is there takes over the new one's payload, priority, times and other values, and keeps its id; also when it waits for a retry, with
    /// its attempts counted from zero. One that runs or is finished stays as it is.
    /// </summary>
    Replace,
}
