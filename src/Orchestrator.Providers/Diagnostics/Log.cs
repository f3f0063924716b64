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

    [LoggerMessage(EventId = 1403, EventName = "WorkspaceNotRemoved", Level = LogLevel.Error, Message = "The workspace of execution {ExecutionId} could not be removed; recovery tries again.")]
    public static partial void WorkspaceNotRemoved(this ILogger logger, Exception error, string executionId);

    [LoggerMessage(EventId = 1410, EventName = "AgentProcessStarted", Level = LogLevel.Debug, Message = "{Provider} starts execution {ExecutionId}; {Confinement}.")]
    public static partial void AgentProcessStarted(this ILogger logger, string provider, string executionId, string confinement);

    [LoggerMessage(EventId = 1411, EventName = "AgentProcessEnded", Level = LogLevel.Debug, Message = "{Provider} ended execution {ExecutionId}: {End}, exit code {ExitCode}, after {Duration}.")]
    public static partial void AgentProcessEnded(this ILogger logger, string provider, string executionId, Processes.ProcessEnd end, int exitCode, TimeSpan duration);

    [LoggerMessage(EventId = 1412, EventName = "SurvivorsKilled", Level = LogLevel.Warning, Message = "{Provider} left {Count} processes running after execution {ExecutionId}; they were killed.")]
    public static partial void SurvivorsKilled(this ILogger logger, string provider, string executionId, int count);

    [LoggerMessage(EventId = 1413, EventName = "WritesNotConfined", Level = LogLevel.Warning, Message = "{Provider} runs execution {ExecutionId} and may write anywhere: {Reason}.")]
    public static partial void WritesNotConfined(this ILogger logger, string provider, string executionId, string reason);

    [LoggerMessage(EventId = 1420, EventName = "ContainerSignalFailed", Level = LogLevel.Debug, Message = "The processes of the container {EngineId} could not be signalled.")]
    public static partial void ContainerSignalFailed(this ILogger logger, Exception error, string engineId);

    [LoggerMessage(EventId = 1421, EventName = "ContainerNotEnded", Level = LogLevel.Error, Message = "The container {Instance} of execution {ExecutionId} could not be ended; its changes are not taken, and the balancer removes it.")]
    public static partial void ContainerNotEnded(this ILogger logger, Exception error, string instance, string executionId);

    [LoggerMessage(EventId = 1422, EventName = "ContainerNotRecycled", Level = LogLevel.Information, Message = "The container {Instance} was gone before it could be made anew after execution {ExecutionId}.")]
    public static partial void ContainerNotRecycled(this ILogger logger, Exception error, string instance, string executionId);

    [LoggerMessage(EventId = 1423, EventName = "ContainerWorkspaceLost", Level = LogLevel.Warning, Message = "The workspace of execution {ExecutionId} could not be taken back from the container {Instance}.")]
    public static partial void ContainerWorkspaceLost(this ILogger logger, Exception error, string instance, string executionId);

    [LoggerMessage(EventId = 1460, EventName = "ChatAgentStarted", Level = LogLevel.Debug, Message = "{Provider} starts execution {ExecutionId} with {Model}.")]
    public static partial void ChatAgentStarted(this ILogger logger, string provider, string executionId, string model);

    [LoggerMessage(EventId = 1461, EventName = "ChatAgentEnded", Level = LogLevel.Debug, Message = "{Provider} ended execution {ExecutionId} after {Turns} answers and {Tokens} tokens.")]
    public static partial void ChatAgentEnded(this ILogger logger, string provider, string executionId, int turns, long tokens);

    [LoggerMessage(EventId = 1462, EventName = "ChatRequestFailed", Level = LogLevel.Debug, Message = "A request to the chat client failed: {FailureClass} ({ExceptionType}).")]
    public static partial void ChatRequestFailed(this ILogger logger, FailureClass failureClass, string exceptionType);

    [LoggerMessage(EventId = 1463, EventName = "ChatRequestRepeated", Level = LogLevel.Information, Message = "A request to the chat client failed with {FailureClass}; repetition {Repetition} follows after {Wait}.")]
    public static partial void ChatRequestRepeated(this ILogger logger, FailureClass failureClass, int repetition, TimeSpan wait);

    [LoggerMessage(EventId = 1464, EventName = "ChatBudgetNotKept", Level = LogLevel.Warning, Message = "{Provider} cannot keep the budget of execution {ExecutionId}: there is no price for {Model}.")]
    public static partial void ChatBudgetNotKept(this ILogger logger, string provider, string executionId, string model);

    [LoggerMessage(EventId = 1480, EventName = "SubmoduleLeftEmpty", Level = LogLevel.Warning, Message = "The submodule {Path} is empty in the workspace of execution {ExecutionId}: the caller's repository has not checked it out.")]
    public static partial void SubmoduleLeftEmpty(this ILogger logger, string path, string executionId);
}
