using Microsoft.Extensions.Logging;

namespace Orchestrator.Hosting;

/// <summary>Everything that the package logs: event ids 1700 to 1799.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1700, EventName = "TaskStarted", Level = LogLevel.Information, Message = "Task {TaskId} started; crashes before: {Crashes}.")]
    public static partial void TaskStarted(this ILogger logger, string taskId, int crashes);

    [LoggerMessage(EventId = 1701, EventName = "TaskEnded", Level = LogLevel.Information, Message = "Task {TaskId} ended: {Status}.")]
    public static partial void TaskEnded(this ILogger logger, string taskId, AgentTaskStatus status);

    [LoggerMessage(EventId = 1702, EventName = "AttemptFailed", Level = LogLevel.Warning, Message = "Provider {Provider} failed at task {TaskId}: {FailureClass}.")]
    public static partial void AttemptFailed(this ILogger logger, string provider, string taskId, string failureClass);

    [LoggerMessage(EventId = 1703, EventName = "ObserverFailed", Level = LogLevel.Error, Message = "The observer {Observer} threw; the task goes on.")]
    public static partial void ObserverFailed(this ILogger logger, Exception error, string observer);

    [LoggerMessage(EventId = 1704, EventName = "LeftoversRemoved", Level = LogLevel.Warning, Message = "Removed {Count} workspaces that dead processes left.")]
    public static partial void LeftoversRemoved(this ILogger logger, int count);

    [LoggerMessage(EventId = 1705, EventName = "TasksReclaimed", Level = LogLevel.Warning, Message = "Took back {Count} tasks from dead workers.")]
    public static partial void TasksReclaimed(this ILogger logger, int count);

    [LoggerMessage(EventId = 1706, EventName = "TreeRestored", Level = LogLevel.Information, Message = "Task {TaskId}: the tree was restored.")]
    public static partial void TreeRestored(this ILogger logger, string taskId);

    [LoggerMessage(EventId = 1707, EventName = "TreeNotRestored", Level = LogLevel.Error, Message = "Task {TaskId}: {Count} files could not be restored, see the report.")]
    public static partial void TreeNotRestored(this ILogger logger, string taskId, int count);

    [LoggerMessage(EventId = 1708, EventName = "TreesSettled", Level = LogLevel.Warning, Message = "Settled {Count} trees in which tasks that have ended had begun something.")]
    public static partial void TreesSettled(this ILogger logger, int count);

    [LoggerMessage(EventId = 1709, EventName = "TreeNotSettled", Level = LogLevel.Error, Message = "The tree in which task {TaskId} had begun something could not be settled.")]
    public static partial void TreeNotSettled(this ILogger logger, Exception error, string? taskId);

    [LoggerMessage(EventId = 1710, EventName = "TaskBroke", Level = LogLevel.Error, Message = "Task {TaskId} cannot go on.")]
    public static partial void TaskBroke(this ILogger logger, Exception error, string taskId);

    [LoggerMessage(EventId = 1711, EventName = "LeftoversNotRemoved", Level = LogLevel.Error, Message = "A workspace that a dead process left could not be removed.")]
    public static partial void LeftoversNotRemoved(this ILogger logger, Exception error);

    [LoggerMessage(EventId = 1712, EventName = "SweepFailed", Level = LogLevel.Error, Message = "Looking for what dead processes left failed; it is tried again in a minute.")]
    public static partial void SweepFailed(this ILogger logger, Exception error);

    [LoggerMessage(EventId = 1713, EventName = "TaskAssigned", Level = LogLevel.Information, Message = "Task {TaskId} was assigned to {Provider} by decision {DecisionId}; nothing was started.")]
    public static partial void Assigned(this ILogger logger, string taskId, string provider, Guid decisionId);

    [LoggerMessage(EventId = 1714, EventName = "EventsNotKept", Level = LogLevel.Warning, Message = "What execution {ExecutionId} told could not be stored; the execution goes on.")]
    public static partial void EventsNotKept(this ILogger logger, Exception error, string executionId);
}
