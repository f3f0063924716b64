namespace Orchestrator.Queue.Workers;

/// <summary>Why a handler was asked to stop. A later reason in this list overrides an earlier one.</summary>
public enum TaskStopReason
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>The worker shuts down; the task is given back.</summary>
    ShuttingDown,

    /// <summary>Somebody cancelled the task.</summary>
    CancelRequested,

    /// <summary>The task belongs to somebody else now; whatever the handler returns is dropped.</summary>
    LeaseLost,
}
