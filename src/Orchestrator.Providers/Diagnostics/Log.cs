using Microsoft.Extensions.Logging;

namespace Orchestrator.Providers;

/// <summary>The package's log messages: ids 1400 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1400, EventName = "WorkspaceCreated", Level = LogLevel.Debug, Message = "Workspace of execution {ExecutionId} was made at commit {Commit}.")]
    public static partial void WorkspaceCreated(this ILogger logger, string executionId, string commit);

    [LoggerMessage(EventId = 1401, EventName = "WorkspaceRecovered", Level = LogLevel.Information, Message = "The workspace that the dead execution {ExecutionId} left was removed.")]
    public static partial void WorkspaceRecovered(this ILogger logger, string executionId);

    [LoggerMessage(EventId = 1402, EventName = "ChangesCollected", Level = LogLevel.Debug, Message = "Execution {ExecutionId} changed {Paths} paths, {Bytes} bytes of diff.")]
    public static partial void ChangesCollected(this ILogger logger, string executionId, int paths, int bytes);

    [LoggerMessage(EventId = 1410, EventName = "AgentProcessStarted", Level = LogLevel.Debug, Message = "{Provider} starts execution {ExecutionId}; {Confinement}.")]
    public static partial void AgentProcessStarted(this ILogger logger, string provider, string executionId, string confinement);

    [LoggerMessage(EventId = 1411, EventName = "AgentProcessEnded", Level = LogLevel.Debug, Message = "{Provider} ended execution {ExecutionId}: {End}, exit code {ExitCode}, after {Duration}.")]
    public static partial void AgentProcessEnded(this ILogger logger, string provider, string executionId, Processes.ProcessEnd end, int exitCode, TimeSpan duration);

    [LoggerMessage(EventId = 1412, EventName = "SurvivorsKilled", Level = LogLevel.Warning, Message = "{Provider} left {Count} processes running after execution {ExecutionId}; they were killed.")]
    public static partial void SurvivorsKilled(this ILogger logger, string provider, string executionId, int count);

    [LoggerMessage(EventId = 1413, EventName = "WritesNotConfined", Level = LogLevel.Warning, Message = "{Provider} runs execution {ExecutionId} and may write anywhere: {Reason}.")]
    public static partial void WritesNotConfined(this ILogger logger, string provider, string executionId, string reason);
}
