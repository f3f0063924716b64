using Microsoft.Extensions.Logging;

namespace Orchestrator.Storage.PostgreSql.Diagnostics;

/// <summary>What this package logs: ids 1650 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(1650, LogLevel.Information, "Schema {Schema} on PostgreSQL was brought from version {From} to {To}.", EventName = "PostgreSqlSchemaMigrated")]
    public static partial void SchemaMigrated(ILogger logger, string schema, long from, long to);

    [LoggerMessage(1651, LogLevel.Debug, "Schema {Schema} on PostgreSQL is open with version {Version}.", EventName = "PostgreSqlDatabaseOpened")]
    public static partial void DatabaseOpened(ILogger logger, string schema, long version);

    [LoggerMessage(1652, LogLevel.Debug, "A transaction of schema {Schema} gave way to others ({SqlState}) and is tried again, attempt {Attempt}.", EventName = "PostgreSqlTransactionRetried")]
    public static partial void TransactionRetried(ILogger logger, string schema, string sqlState, int attempt);

    [LoggerMessage(1653, LogLevel.Warning, "Listening to schema {Schema} was interrupted and begins anew in {Delay}: {Reason}", EventName = "PostgreSqlListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, string schema, TimeSpan delay, string reason);

    [LoggerMessage(1654, LogLevel.Debug, "Listening to schema {Schema}.", EventName = "PostgreSqlListenerStarted")]
    public static partial void ListenerStarted(ILogger logger, string schema);

    [LoggerMessage(1655, LogLevel.Warning, "Others could not be told of new work in schema {Schema}; they will find it when they look: {Reason}", EventName = "PostgreSqlNotifyFailed")]
    public static partial void NotifyFailed(ILogger logger, string schema, string reason);
}
