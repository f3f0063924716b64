using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Workers;

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

    [LoggerMessage(1111, LogLevel.Debug, "The handler of task {TaskId} returned: {Status} {FailureCode}.", EventName = "HandlerReturned")]
    public static partial void HandlerReturned(ILogger logger, string taskId, TaskHandlerStatus status, string? failureCode);

    [LoggerMessage(1112, LogLevel.Warning, "Task {TaskId} of type {TaskType} has a payload of version {Version}, and this worker knows {Known}: it is given back for a newer worker.", EventName = "PayloadTooNew")]
    public static partial void PayloadTooNew(ILogger logger, string taskId, string taskType, int version, int known);

    [LoggerMessage(1113, LogLevel.Warning, "No heartbeat for task {TaskId} succeeded for nearly the whole lease {LeaseId}: its handler was told to stop before others may take it.", EventName = "LeaseFenced")]
    public static partial void LeaseFenced(ILogger logger, string taskId, long leaseId);

    [LoggerMessage(1114, LogLevel.Warning, "{Count} outcomes of queue {Queue} could not be stored; they are tried again.", EventName = "OutcomesDelayed")]
    public static partial void OutcomesDelayed(ILogger logger, Exception error, int count, string queue);

    [LoggerMessage(1115, LogLevel.Warning, "Listening for changes of other processes failed; polling goes on, and listening is tried again.", EventName = "ListeningFailed")]
    public static partial void ListeningFailed(ILogger logger, Exception error);

    [LoggerMessage(1116, LogLevel.Warning, "What the handler of task {TaskId} reported could not be stored yet.", EventName = "ReportDelayed")]
    public static partial void ReportDelayed(ILogger logger, Exception error, string taskId);

    [LoggerMessage(1117, LogLevel.Debug, "Reading the counters of the queues failed; the depth is not reported.", EventName = "DepthUnknown")]
    public static partial void DepthUnknown(ILogger logger, Exception error);

    [LoggerMessage(1118, LogLevel.Warning, "The result of task {TaskId} was refused by the database: {Reason}", EventName = "OutcomeRefused")]
    public static partial void OutcomeRefused(ILogger logger, string taskId, string reason);

    [LoggerMessage(1119, LogLevel.Warning, "What the handler of task {TaskId} reported last could not be stored and is lost.", EventName = "ReportLost")]
    public static partial void ReportLost(ILogger logger, Exception error, string taskId);

    [LoggerMessage(1120, LogLevel.Warning, "Taking back what dead workers of queue {Queue} left failed; trying again at the next poll.", EventName = "SweepFailed")]
    public static partial void SweepFailed(ILogger logger, Exception error, string queue);

    [LoggerMessage(1121, LogLevel.Error, "The task {TaskId} of type {TaskType} failed outside of its handler.", EventName = "RunFailed")]
    public static partial void RunFailed(ILogger logger, Exception error, string taskId, string taskType);

    [LoggerMessage(1122, LogLevel.Error, "The retry policy failed for task {TaskId}; it is tried again without a wait.", EventName = "RetryPolicyFailed")]
    public static partial void RetryPolicyFailed(ILogger logger, Exception? error, string taskId);

    [LoggerMessage(1123, LogLevel.Error, "The thread that renews the leases of queue {Queue} met a fault; it goes on.", EventName = "HeartFailed")]
    public static partial void HeartFailed(ILogger logger, Exception error, string queue);
}
