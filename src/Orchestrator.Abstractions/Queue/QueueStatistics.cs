using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>How many tasks are in which state.</summary>
public sealed record QueueStatistics
{
    /// <summary>Wait for their time.</summary>
    public long Scheduled { get; init; }

    /// <summary>Wait for a worker.</summary>
    public long Available { get; init; }

    /// <summary>Run.</summary>
    public long Running { get; init; }

    /// <summary>Wait for another attempt.</summary>
    public long Retryable { get; init; }

    /// <summary>Wait for other tasks.</summary>
    public long Blocked { get; init; }

    /// <summary>Done.</summary>
    public long Completed { get; init; }

    /// <summary>Cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>Given up.</summary>
    public long Discarded { get; init; }

    /// <summary>All of them.</summary>
    [JsonIgnore]
    public long Total => Scheduled + Available + Running + Retryable + Blocked + Completed + Cancelled + Discarded;

    /// <summary>Those that have not ended.</summary>
    [JsonIgnore]
    public long Unfinished => Scheduled + Available + Running + Retryable + Blocked;
}
