namespace Orchestrator.Queue.Schedules;

/// <summary>A schedule as it stands.</summary>
public sealed record ScheduleStatus
{
    /// <summary>The schedule.</summary>
    public required TaskSchedule Schedule { get; init => field = Require.NotNull(value); }

    /// <summary>When it enqueues next; <see langword="null"/> when it has ended.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The last time that it enqueued for.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The last task that it enqueued.</summary>
    public string? LastTaskId { get; init; }

    /// <summary>When it was put first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
