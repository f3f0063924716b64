using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Docker;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>The messages of the Docker engine: ids 1300 to 1319.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1300, EventName = "DockerConnected", Level = LogLevel.Debug, Message = "The Docker Engine at {Endpoint} is spoken to with API {Version}.")]
    public static partial void DockerConnected(this ILogger logger, DockerEndpoint endpoint, string version);

    [LoggerMessage(EventId = 1301, EventName = "DockerCommandKilled", Level = LogLevel.Debug, Message = "A command in instance {InstanceId} was killed.")]
    public static partial void DockerCommandKilled(this ILogger logger, string instanceId);

    [LoggerMessage(EventId = 1302, EventName = "DockerInstanceKilledForCommand", Level = LogLevel.Warning, Message = "A command in instance {InstanceId} could not be killed alone; the whole instance was.")]
    public static partial void DockerInstanceKilledForCommand(this ILogger logger, string instanceId);

    [LoggerMessage(EventId = 1303, EventName = "DockerCommandNotKilled", Level = LogLevel.Error, Message = "A command in instance {InstanceId} may go on: it could not be killed ({Code}).")]
    public static partial void DockerCommandNotKilled(this ILogger logger, string instanceId, string code, Exception exception);

    [LoggerMessage(EventId = 1304, EventName = "DockerEventsReopened", Level = LogLevel.Debug, Message = "The Docker Engine's events were silent for {Silence}; the stream was opened anew.")]
    public static partial void DockerEventsReopened(this ILogger logger, TimeSpan silence);

    [LoggerMessage(EventId = 1305, EventName = "DockerProbeNotKilled", Level = LogLevel.Warning, Message = "A probe in instance {InstanceId} did not answer in time and could not be killed alone; it is left to run.")]
    public static partial void DockerProbeNotKilled(this ILogger logger, string instanceId);

    [LoggerMessage(EventId = 1306, EventName = "DockerCommandSweepFailed", Level = LogLevel.Warning, Message = "Looking for a command's processes in instance {InstanceId} failed ({Code}).")]
    public static partial void DockerCommandSweepFailed(this ILogger logger, string instanceId, string code, Exception exception);
}
