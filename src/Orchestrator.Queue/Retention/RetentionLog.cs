using Microsoft.Extensions.Logging;

namespace Orchestrator.Queue.Retention;

/// <summary>What retention logs: ids 1160 to 1169.</summary>
internal static partial class RetentionLog
{
    [LoggerMessage(1160, LogLevel.Information, "Retention deleted {Tasks} tasks, {Plans} plans, {Keys} deduplication keys and {Executions} executions.", EventName = "RetentionApplied")]
    public static partial void RetentionApplied(ILogger logger, long tasks, long plans, long keys, long executions);

    [LoggerMessage(1161, LogLevel.Error, "Retention could not delete what is over; it is tried again next time.", EventName = "RetentionFailed")]
    public static partial void RetentionFailed(ILogger logger, Exception error);
}
