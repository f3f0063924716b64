using System.Net.Sockets;
using Npgsql;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Says what an error of PostgreSQL or of the way to it means and what to do about it. Messages of the driver that may hold values are not passed on.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>Whether the transaction only had to give way to others, so that it may be run again at once.</summary>
    public static bool IsConflict(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable;

    public static StorageException Explain(Exception error, string schema) => error switch
    {
        PostgresException refused => Explain(refused, schema),
        NpgsqlException { InnerException: TimeoutException } => new StorageException(
            StorageErrorCodes.Busy, $"PostgreSQL did not answer for schema '{schema}' in time, or all connections of this process are in use. Try again, or raise CommandTimeout or MaxConnections.", error, isTransient: true),
        NpgsqlException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } => new StorageException(
            StorageErrorCodes.CannotOpen, $"The PostgreSQL server of schema '{schema}' is not known: check the host in the connection string.", error, isTransient: true),
        NpgsqlException { InnerException: SocketException } => new StorageException(
            StorageErrorCodes.CannotOpen, $"The PostgreSQL server of schema '{schema}' cannot be reached, or the connection to it was lost. Check that it runs and that host and port are right.", error, isTransient: true),
        NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: IOException } or IOException => new StorageException(
            StorageErrorCodes.CannotOpen, $"The connection to the PostgreSQL server of schema '{schema}' was lost. Whether the last change was committed is not known.", error, isTransient: true),
        _ => new StorageException(StorageErrorCodes.Failed, $"Npgsql could not work on schema '{schema}' ({error.GetType().Name}).", error),
    };

    private static StorageException Explain(PostgresException error, string schema) => error.SqlState switch
    {
        _ when IsConflict(error) => new StorageException(
            StorageErrorCodes.Busy, $"Others kept rows or tables of schema '{schema}' locked for too long. Try again.", error, isTransient: true),
        PostgresErrorCodes.QueryCanceled => new StorageException(
            StorageErrorCodes.Busy, $"A statement on schema '{schema}' took longer than it may. Try again, or raise CommandTimeout.", error, isTransient: true),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or "25P03" => new StorageException(
            StorageErrorCodes.CannotOpen, $"The PostgreSQL server of schema '{schema}' ended the connection or is starting. Try again.", error, isTransient: true),
        PostgresErrorCodes.TooManyConnections => new StorageException(
            StorageErrorCodes.CannotOpen, $"The PostgreSQL server of schema '{schema}' has no connection left. Try again, lower MaxConnections, or raise max_connections there.", error, isTransient: true),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new StorageException(
            StorageErrorCodes.CannotOpen, $"The PostgreSQL server of schema '{schema}' refused the user name or the password of the connection string.", error),
        PostgresErrorCodes.InvalidCatalogName => new StorageException(
            StorageErrorCodes.CannotOpen, $"The database that the connection string of schema '{schema}' names does not exist: create it, or name another one.", error),
        PostgresErrorCodes.InsufficientPrivilege => new StorageException(
            StorageErrorCodes.ReadOnly, $"The user of the connection string may not do this in schema '{schema}'. Make it the schema's owner, or create the schema for it.", error),
        PostgresErrorCodes.ReadOnlySqlTransaction => new StorageException(
            StorageErrorCodes.ReadOnly, $"The PostgreSQL server of schema '{schema}' is read-only: it is a standby, or set so. Connect to the primary.", error, isTransient: true),
        PostgresErrorCodes.DiskFull => new StorageException(
            StorageErrorCodes.DiskFull, $"The disk of the PostgreSQL server of schema '{schema}' is full. Make room and try again.", error, isTransient: true),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => new StorageException(
            StorageErrorCodes.Corrupt, $"PostgreSQL says that data of schema '{schema}' is damaged. Restore a backup.", error),
        var state when state.StartsWith("08", StringComparison.Ordinal) => new StorageException(
            StorageErrorCodes.CannotOpen, $"The connection to the PostgreSQL server of schema '{schema}' was lost. Try again.", error, isTransient: true),
        var state => new StorageException(StorageErrorCodes.Failed, $"PostgreSQL refused to work on schema '{schema}' (error {state}).", error, error.IsTransient),
    };
}
