using Orchestrator.Queue.Schedules;

namespace Orchestrator.Storage;

/// <summary>A schedule as it was found in the store: one that cannot be read is found, too, and is in nobody's way.</summary>
public sealed record StoredSchedule
{
    /// <summary>The schedule's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it enqueues next; <see langword="null"/> when it has ended.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The schedule; <see langword="null"/> when it cannot be read.</summary>
    public ScheduleStatus? Status { get; init; }

    /// <summary>Why it cannot be read, without what it holds; <see langword="null"/> when it can.</summary>
    public string? Problem { get; init; }
}
