using Microsoft.Extensions.Logging;

namespace Orchestrator.Queue.Schedules;

/// <summary>What schedules log: ids 1150 to 1159.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(1150, LogLevel.Debug, "Schedule {ScheduleId} enqueued task {TaskId}.", EventName = "ScheduleFired")]
    public static partial void ScheduleFired(ILogger logger, string scheduleId, string taskId);

    [LoggerMessage(1151, LogLevel.Warning, "Schedule {ScheduleId} missed its time {At}, as nobody was there; by its policy {Policy}, {Count} tasks were enqueued.", EventName = "ScheduleMissed")]
    public static partial void ScheduleMissed(ILogger logger, string scheduleId, DateTimeOffset at, MisfirePolicy policy, int count);

    [LoggerMessage(1152, LogLevel.Error, "Schedule {ScheduleId} could not enqueue; it is tried again at the next look, the others go on.", EventName = "ScheduleFailed")]
    public static partial void ScheduleFailed(ILogger logger, Exception error, string scheduleId);

    [LoggerMessage(1153, LogLevel.Error, "The schedules could not be read; trying again at the next look.", EventName = "SchedulesNotRead")]
    public static partial void SchedulesNotRead(ILogger logger, Exception error);

    [LoggerMessage(1154, LogLevel.Error, "Schedule {ScheduleId} is left out: {Problem}. The others go on. Put it again, or remove it.", EventName = "ScheduleUnreadable")]
    public static partial void ScheduleUnreadable(ILogger logger, string scheduleId, string? problem);
}
