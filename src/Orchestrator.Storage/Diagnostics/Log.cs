using Microsoft.Extensions.Logging;

namespace Orchestrator.Storage.Diagnostics;

/// <summary>What this package logs: ids 1600 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Information, "The schema of {Path} was brought from version {From} to {To}.", EventName = "SchemaMigrated")]
    public static partial void SchemaMigrated(ILogger logger, string path, long from, long to);

    [LoggerMessage(1601, LogLevel.Debug, "The database {Path} is open with schema version {Version}.", EventName = "DatabaseOpened")]
    public static partial void DatabaseOpened(ILogger logger, string path, long version);

    [LoggerMessage(1602, LogLevel.Warning, "The writing connection to {Path} failed and is opened anew: {Code}.", EventName = "WriterFailed")]
    public static partial void WriterFailed(ILogger logger, string path, string code);

    [LoggerMessage(1603, LogLevel.Warning, "The write-ahead log of {Path} could not be moved into the database and grows until the next try: {Code}.", EventName = "CheckpointFailed")]
    public static partial void CheckpointFailed(ILogger logger, string path, string code);
}
