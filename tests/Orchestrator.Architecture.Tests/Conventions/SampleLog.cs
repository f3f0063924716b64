using Microsoft.Extensions.Logging;

namespace Orchestrator.Architecture.Tests.Conventions;

/// <summary>Log messages for the tests of the event checker.</summary>
internal static partial class SampleLog
{
    [LoggerMessage(EventId = 1142, EventName = "Leased", Level = LogLevel.Debug, Message = "Leased {TaskId}")]
    public static partial void TaskLeased(ILogger logger, string taskId);

    [LoggerMessage(1143, LogLevel.Warning, "Lost {TaskId}")]
    public static partial void Lost(ILogger logger, string taskId);
}
