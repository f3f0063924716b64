using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>What keeping pools logs: ids 1340 to 1379.</summary>
internal static partial class Log
{
    [LoggerMessage(1340, LogLevel.Debug, "Instance {Instance} goes from {From} to {To}: {Reason}.", EventName = "InstanceMoved")]
    public static partial void InstanceMoved(ILogger logger, string instance, InstanceState from, InstanceState to, string reason);

    [LoggerMessage(1341, LogLevel.Information, "Instance {Instance} is removed: {Reason}.", EventName = "InstanceRemoved")]
    public static partial void InstanceRemoved(ILogger logger, string instance, string reason);

    [LoggerMessage(1342, LogLevel.Error, "Instance {Instance} ends again and again: {Reason}. It is tried rarely from now on.", EventName = "InstanceInCrashLoop")]
    public static partial void InstanceInCrashLoop(ILogger logger, string instance, string reason);

    [LoggerMessage(1343, LogLevel.Information, "Instance {Instance} was found running and is kept; it is of an older revision: {IsOutdated}.", EventName = "InstanceAdopted")]
    public static partial void InstanceAdopted(ILogger logger, string instance, bool isOutdated);

    [LoggerMessage(1344, LogLevel.Warning, "{Instance} carries the labels of pool {Pool} and is not needed by it; it is removed.", EventName = "OrphanFound")]
    public static partial void OrphanFound(ILogger logger, string instance, string pool);

    [LoggerMessage(1345, LogLevel.Warning, "The engine's call {Call} about instance {Instance} failed with {Code}: {Message}", EventName = "EngineCallFailed")]
    public static partial void EngineCallFailed(ILogger logger, InstanceActionKind call, string instance, string code, string message);

    [LoggerMessage(1346, LogLevel.Warning, "The engine could not list the instances of pool {Pool} ({Code}): {Message}", EventName = "ListFailed")]
    public static partial void ListFailed(ILogger logger, string pool, string code, string message);

    [LoggerMessage(1347, LogLevel.Warning, "The engine's events about pool {Pool} broke off ({Code}): {Message} Listening begins anew.", EventName = "WatchBroke")]
    public static partial void WatchBroke(ILogger logger, string pool, string code, string message);

    [LoggerMessage(1348, LogLevel.Warning, "So few instances of pool {Pool} are healthy that leases are given on all that run: {IsPanicking}.", EventName = "PanicChanged")]
    public static partial void PanicChanged(ILogger logger, string pool, bool isPanicking);

    [LoggerMessage(1349, LogLevel.Error, "A step of pool {Pool} broke; the next one comes as planned.", EventName = "StepBroke")]
    public static partial void StepBroke(ILogger logger, Exception error, string pool);

    [LoggerMessage(1350, LogLevel.Warning, "How much work waits for pool {Pool} elsewhere could not be found out; the last answer counts.", EventName = "DemandUnknown")]
    public static partial void DemandUnknown(ILogger logger, Exception error, string pool);

    [LoggerMessage(1351, LogLevel.Warning, "{Instance} belongs to pool {Pool}, which is not configured any more; it is removed.", EventName = "LeftOverRemoved")]
    public static partial void LeftOverRemoved(ILogger logger, string instance, string pool);

    [LoggerMessage(1352, LogLevel.Warning, "What pools that are gone left behind could not be removed ({Code}): {Message} It is tried again.", EventName = "SweepFailed")]
    public static partial void SweepFailed(ILogger logger, string code, string message);

    [LoggerMessage(1353, LogLevel.Warning, "The history of instances could not be written; it is tried again.", EventName = "HistoryFailed")]
    public static partial void HistoryFailed(ILogger logger, Exception error);

    [LoggerMessage(1354, LogLevel.Warning, "{Count} entries of the history of instances were dropped, as it is written too slowly.", EventName = "HistoryDropped")]
    public static partial void HistoryDropped(ILogger logger, long count);

    [LoggerMessage(1355, LogLevel.Warning, "Pool {Pool} could not be emptied before the host stopped; what is left is removed at the next start.", EventName = "PoolNotEmptied")]
    public static partial void PoolNotEmptied(ILogger logger, string pool);

    [LoggerMessage(1356, LogLevel.Warning, "How the pools are could not be told, nor requests be taken; it is tried again.", EventName = "PoolStateFailed")]
    public static partial void PoolStateFailed(ILogger logger, Exception error);

    [LoggerMessage(1357, LogLevel.Warning, "What pool {Pool} had cost before and how its instances weighed was kept in a form that cannot be right; it counts from zero.", EventName = "AccountUnreadable")]
    public static partial void AccountUnreadable(ILogger logger, string pool);
}
