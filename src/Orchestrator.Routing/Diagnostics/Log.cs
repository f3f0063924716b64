using Microsoft.Extensions.Logging;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Diagnostics;

/// <summary>What the router logs: ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Debug, "Task {TaskId} goes to {Provider} ({Reason}, expected cost {Score} USD, decision {DecisionId}).", EventName = "RoutingDecided")]
    public static partial void Decided(ILogger logger, string taskId, string provider, RoutingReason reason, double score, Guid decisionId);

    [LoggerMessage(1001, LogLevel.Information, "Task {TaskId} has no provider: {Message}", EventName = "RoutingRejected")]
    public static partial void Rejected(ILogger logger, string taskId, string message);

    [LoggerMessage(1002, LogLevel.Warning, "The circuit breaker of {Provider} is open after {Failure}, until {Until}.", EventName = "BreakerOpened")]
    public static partial void BreakerOpened(ILogger logger, string provider, FailureClass failure, DateTimeOffset until);

    [LoggerMessage(1003, LogLevel.Information, "The circuit breaker of {Provider} is closed again.", EventName = "BreakerClosed")]
    public static partial void BreakerClosed(ILogger logger, string provider);

    [LoggerMessage(1004, LogLevel.Information, "{Provider} is left alone after {Failure}, until {Until}.", EventName = "ProviderWaits")]
    public static partial void Waits(ILogger logger, string provider, FailureClass failure, DateTimeOffset until);

    [LoggerMessage(1005, LogLevel.Warning, "An outcome names provider '{Provider}', which is not registered; it is ignored.", EventName = "OutcomeOfUnknownProvider")]
    public static partial void UnknownProvider(ILogger logger, string provider);

    [LoggerMessage(1006, LogLevel.Warning, "{Provider} is unhealthy: {Message}", EventName = "ProviderUnhealthy")]
    public static partial void Unhealthy(ILogger logger, string provider, string message);

    [LoggerMessage(1007, LogLevel.Warning, "The health check of {Provider} broke.", EventName = "HealthCheckBroke")]
    public static partial void HealthCheckBroke(ILogger logger, Exception error, string provider);

    [LoggerMessage(1008, LogLevel.Information, "The routing settings were replaced: snapshot {Version}.", EventName = "SettingsReplaced")]
    public static partial void SettingsReplaced(ILogger logger, long version);

    [LoggerMessage(1009, LogLevel.Error, "The changed routing settings are wrong; the old ones stay.", EventName = "SettingsRefused")]
    public static partial void SettingsRefused(ILogger logger, Exception error);
}
