namespace Orchestrator.Queue.Workers;

/// <summary>Why a handler was asked to stop. A later reason in this list overrides an earlier one.</summary>
public enum TaskStopReason
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>The worker shuts down; the task is given back.</summary>
    ShuttingDown,

    /// <summary>The queue is being drained; the task is given back.</summary>
    Draining,

    /// <summary>The attempt took longer than <see cref="QueuedTask.Timeout"/>; it counts as failed with <c>timeout</c>.</summary>
    TimedOut,

    /// <summary>Somebody cancelled the task.</summary>
    CancelRequested,

    /// <summary>The task belongs to somebody else now, or may soon; whatever the handler returns is dropped.</summary>
    LeaseLost,
}
