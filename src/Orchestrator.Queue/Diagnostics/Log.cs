using Microsoft.Extensions.Logging;

namespace Orchestrator.Queue.Diagnostics;

/// <summary>What this package logs: ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Debug, "Task {TaskId} of type {TaskType} starts: attempt {Attempt}, lease {LeaseId}.", EventName = "TaskStarted")]
    public static partial void TaskStarted(ILogger logger, string taskId, string taskType, int attempt, long leaseId);

    [LoggerMessage(1101, LogLevel.Information, "Task {TaskId} ended: {Outcome}.", EventName = "TaskEnded")]
    public static partial void TaskEnded(ILogger logger, string taskId, string outcome);

    [LoggerMessage(1102, LogLevel.Warning, "Task {TaskId} belongs to somebody else now: lease {LeaseId} is lost and its outcome was dropped.", EventName = "LeaseLost")]
    public static partial void LeaseLost(ILogger logger, string taskId, long leaseId);

    [LoggerMessage(1103, LogLevel.Error, "The handler of task {TaskId} of type {TaskType} threw.", EventName = "HandlerThrew")]
    public static partial void HandlerThrew(ILogger logger, Exception error, string taskId, string taskType);

    [LoggerMessage(1104, LogLevel.Error, "The outcome {Outcome} of task {TaskId} could not be stored; the task runs again when its lease ends.", EventName = "OutcomeNotStored")]
    public static partial void OutcomeNotStored(ILogger logger, Exception error, string taskId, string outcome);

    [LoggerMessage(1105, LogLevel.Error, "Looking for tasks in queue {Queue} failed; trying again at the next poll.", EventName = "PollFailed")]
    public static partial void PollFailed(ILogger logger, Exception error, string queue);

    [LoggerMessage(1106, LogLevel.Warning, "The heartbeat for {Count} running tasks failed.", EventName = "HeartbeatFailed")]
    public static partial void HeartbeatFailed(ILogger logger, Exception error, int count);

    [LoggerMessage(1107, LogLevel.Information, "The worker of queue {Queue} stops; {Count} running tasks are given back.", EventName = "WorkerStopping")]
    public static partial void WorkerStopping(ILogger logger, string queue, int count);

    [LoggerMessage(1108, LogLevel.Warning, "Worker {WorkerId} is dead; {Count} tasks were taken back.", EventName = "WorkerFoundDead")]
    public static partial void WorkerFoundDead(ILogger logger, string workerId, int count);

    [LoggerMessage(1109, LogLevel.Warning, "Task {TaskId} was taken back: its worker died or its lease ended.", EventName = "TaskReclaimed")]
    public static partial void TaskReclaimed(ILogger logger, string taskId);

    [LoggerMessage(1110, LogLevel.Warning, "Task {TaskId} was discarded: its deadline passed before it was started.", EventName = "DeadlinePassed")]
    public static partial void DeadlinePassed(ILogger logger, string taskId);
}
