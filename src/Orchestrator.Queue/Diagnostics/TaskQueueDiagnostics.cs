namespace Orchestrator.Queue.Diagnostics;

/// <summary>The names under which the queue is observed.</summary>
public static class TaskQueueDiagnostics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Orchestrator.Queue";

    /// <summary>The source of activities.</summary>
    public const string ActivitySourceName = "Orchestrator.Queue";

    /// <summary>Counts tasks put into a queue, in <c>{task}</c>. Tags: <see cref="QueueTag"/>, <see cref="TypeTag"/>.</summary>
    public const string EnqueuedTasks = "orchestrator.queue.enqueued";

    /// <summary>Counts leases that ended with an accepted outcome, in <c>{task}</c>. Tag: <see cref="OutcomeTag"/>.</summary>
    public const string EndedTasks = "orchestrator.queue.ended";

    /// <summary>How long handlers ran, in <c>s</c>. Tags: <see cref="QueueTag"/>, <see cref="TypeTag"/>, <see cref="OutcomeTag"/>.</summary>
    public const string TaskDuration = "orchestrator.queue.task.duration";

    /// <summary>How many tasks of a queue are in which state that is not final, in <c>{task}</c>, from counters that are at most some seconds old. Tags: <see cref="QueueTag"/>, <see cref="StateTag"/>.</summary>
    public const string QueueDepth = "orchestrator.queue.depth";

    /// <summary>The state of tasks, in lower case.</summary>
    public const string StateTag = "orchestrator.task.state";

    /// <summary>The queue's name.</summary>
    public const string QueueTag = "orchestrator.queue.name";

    /// <summary>The type of payload.</summary>
    public const string TypeTag = "orchestrator.task.type";

    /// <summary>How it went: one of the outcomes below.</summary>
    public const string OutcomeTag = "orchestrator.task.outcome";

    /// <summary>The task's identity; on activities only.</summary>
    public const string TaskIdTag = "orchestrator.task.id";

    /// <summary>Done.</summary>
    public const string OutcomeCompleted = "completed";

    /// <summary>The attempt failed.</summary>
    public const string OutcomeFailed = "failed";

    /// <summary>Given back.</summary>
    public const string OutcomeReleased = "released";

    /// <summary>Cancelled by somebody.</summary>
    public const string OutcomeCancelled = "cancelled";

    /// <summary>The lease was lost; the outcome was dropped.</summary>
    public const string OutcomeLost = "lost";

    /// <summary>The <see cref="TaskFailure.Code"/> of a task whose handler threw.</summary>
    public const string HandlerErrorCode = "handler_error";

    /// <summary>The <see cref="TaskFailure.Code"/> of a task that ran longer than its <see cref="QueuedTask.Timeout"/>; retryable.</summary>
    public const string TimeoutCode = "timeout";

    /// <summary>The <see cref="TaskFailure.Code"/> of a task whose payload its handler cannot read; not retryable.</summary>
    public const string InvalidPayloadCode = "invalid_payload";

    /// <summary>The <see cref="TaskFailure.Code"/> of a task whose result is too large to be stored; not retryable.</summary>
    public const string ResultTooLargeCode = "result_too_large";
}
