using Microsoft.Extensions.Logging;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>The messages of the process engine: ids 1380 to 1389.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1380, EventName = "ProcessInstanceStarted", Level = LogLevel.Information, Message = "Instance {Instance} was started as process {ProcessId}.")]
    public static partial void ProcessInstanceStarted(this ILogger logger, string instance, int processId);

    [LoggerMessage(EventId = 1381, EventName = "ProcessInstanceEnded", Level = LogLevel.Information, Message = "Instance {Instance}, process {ProcessId}, ended; exit code {ExitCode}.")]
    public static partial void ProcessInstanceEnded(this ILogger logger, string instance, int processId, int? exitCode);

    [LoggerMessage(EventId = 1382, EventName = "ProcessInstanceNotLookedAfter", Level = LogLevel.Warning, Message = "Instance {Instance} is not looked after until it is asked for again.")]
    public static partial void ProcessInstanceNotLookedAfter(this ILogger logger, string instance, Exception exception);

    [LoggerMessage(EventId = 1383, EventName = "ProcessInstanceUnreadable", Level = LogLevel.Warning, Message = "The directory {Directory} holds no instance that can be understood; it is left alone, with what may run of it.")]
    public static partial void ProcessInstanceUnreadable(this ILogger logger, string directory, Exception exception);
}
