using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>A task as it stands in the queue.</summary>
public sealed record QueuedTask
{
    /// <summary>The task's identity.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The queue.</summary>
    public required string Queue { get; init => field = Require.Name(value); }

    /// <summary>The name of the payload's type.</summary>
    public required string Type { get; init => field = Require.Name(value); }

    /// <summary>The payload as JSON.</summary>
    public required string Payload { get; init => field = Require.NotNull(value); }

    /// <summary>Where it stands.</summary>
    public required QueuedTaskState State { get; init; }

    /// <summary>Higher runs first.</summary>
    public int Priority { get; init; }

    /// <summary>Attempts started so far that were not lost to a crash.</summary>
    public int Attempt { get; init; }

    /// <summary>How often it may fail.</summary>
    public int MaxAttempts { get; init => field = value > 0 ? value : 1; } = 1;

    /// <summary>How often a worker died while it held the task.</summary>
    public int Crashes { get; init; }

    /// <summary>The fencing token of the latest lease; 0 before the first.</summary>
    public long LeaseId { get; init; }

    /// <summary>Whether somebody asked to cancel it while it runs.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>The data that the latest attempt left for the next one, as JSON.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>What the task gave, as JSON.</summary>
    public string? Result { get; init; }

    /// <summary>Why the latest attempt failed.</summary>
    public TaskFailure? Failure { get; init; }

    /// <summary>How far the running attempt is, or the latest one got.</summary>
    public TaskProgress? Progress { get; init; }

    /// <summary>The plan it belongs to.</summary>
    public string? PlanId { get; init; }

    /// <summary>Whether it is a gate of its plan: no worker runs it, a person decides.</summary>
    public bool IsGate { get; init; }

    /// <summary>The group it belongs to.</summary>
    public string? Group { get; init; }

    /// <summary>How many slots it takes.</summary>
    public int Slots { get; init => field = value > 0 ? value : 1; } = 1;

    /// <summary>Which workers may take it; <see langword="null"/> for any.</summary>
    public TaskAssignment? Assignment { get; init; }

    /// <summary>The version of the payload's form.</summary>
    public int PayloadVersion { get; init => field = value > 0 ? value : 1; } = 1;

    /// <summary>How long an attempt may run.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The hours of the day in which it may be started.</summary>
    public TaskWindow? Window { get; init; }

    /// <summary>The deduplication key it was enqueued with.</summary>
    public string? DeduplicationKey { get; init; }

    /// <summary>The W3C trace context of the caller.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The worker that holds or held it.</summary>
    public string? WorkerName { get; init; }

    /// <summary>The container that the worker runs in.</summary>
    public string? ContainerName { get; init; }

    /// <summary>When it was enqueued.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it may run.</summary>
    public DateTimeOffset AvailableAt { get; init; }

    /// <summary>When it was started last.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it reached its final state.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>After this time it is not started any more.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the state is final.</summary>
    [JsonIgnore]
    public bool IsFinished => State is QueuedTaskState.Completed or QueuedTaskState.Cancelled or QueuedTaskState.Discarded;
}
