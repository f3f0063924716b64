using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>What came of an enqueue.</summary>
/// <param name="Status">Whether the task is new.</param>
/// <param name="TaskId">
/// The task in the queue: the new one, or the one that was there. While a <see cref="TaskSubmission.DeduplicationPeriod"/> lasts, it may be one that was deleted since.
/// </param>
[method: JsonConstructor]
public readonly record struct EnqueueResult(EnqueueStatus Status, string TaskId);

/// <summary>Whether an enqueued task is new.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<EnqueueStatus>))]
public enum EnqueueStatus
{
    /// <summary>A status that this version does not know.</summary>
    Unknown = 0,

    /// <summary>It is new and durable.</summary>
    Enqueued,

    /// <summary>A task with the same id or deduplication key is there; nothing was changed.</summary>
    Duplicate,

    /// <summary>A task with the same deduplication key was there and took over the new one's values, see <see cref="DeduplicationMode.Replace"/>.</summary>
    Replaced,
}
