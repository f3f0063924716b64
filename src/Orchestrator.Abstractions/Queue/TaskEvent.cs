namespace Orchestrator.Queue;

/// <summary>A change of a task's state. The database writes one for every change, in the same transaction.</summary>
public sealed record TaskEvent
{
    /// <summary>Its place among the events of the store; grows, with gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The queue.</summary>
    public required string Queue { get; init => field = Require.Name(value); }

    /// <summary>The state before; <see langword="null"/> for a new task.</summary>
    public QueuedTaskState? From { get; init; }

    /// <summary>The state since.</summary>
    public required QueuedTaskState To { get; init; }

    /// <summary>The fencing token of the latest lease; 0 before the first.</summary>
    public long LeaseId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The worker that holds or held the task.</summary>
    public string? WorkerName { get; init; }

    /// <summary>The container that the worker runs in.</summary>
    public string? ContainerName { get; init; }
}
