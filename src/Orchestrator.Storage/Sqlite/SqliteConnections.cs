using Dapper;
using Microsoft.Data.Sqlite;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Opens connections to one file, each set up for what it is used for.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SqliteConnections
{
    /// <summary>A log that begins anew is cut back to this: 64 MiB.</summary>
    public const long WalSizeLimit = 64L << 20;

    private readonly SqliteStorageOptions _options;
    private readonly string _connectionString;

    public SqliteConnections(SqliteStorageOptions options)
    {
        _options = options;
        var connection = options.ConnectionString is { } text ? new SqliteConnectionStringBuilder(text) : new SqliteConnectionStringBuilder { DataSource = options.Path };
        connection.DataSource = System.IO.Path.GetFullPath(connection.DataSource);
        connection.Cache = SqliteCacheMode.Private;
        connection.Pooling = false; // We keep our own, set up once.
        connection.DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds);
        Path = connection.DataSource;
        _connectionString = connection.ToString();
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>How long to wait for other processes.</summary>
    public TimeSpan BusyTimeout => _options.BusyTimeout;

    /// <summary>Opens the connection that writes; makes the file, and brings its schema up to date when asked to.</summary>
    /// <exception cref="StorageException">The file cannot be used, or its schema is newer than this package.</exception>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public SqliteConnection OpenWriter(bool migrate, DateTimeOffset now, WorkerIdentity? worker, Action<long, long>? onMigrated)
    {
        if (migrate)
        {
            PrepareDirectory();
        }

        var connection = Open();
        try
        {
            if (migrate)
            {
                EnterWal(connection);
                var (from, to) = SqliteMigrations.Apply(connection, Path, now, worker);
                onMigrated?.Invoke(from, to);
            }

            // Savepoints keep the pages they may have to bring back: in memory, not in a file. Checkpoints are made by SqliteCheckpoints.
            var synchronous = _options.Durability == SqliteDurability.Full ? "FULL" : "NORMAL";
            connection.Execute($"""
                PRAGMA synchronous = {synchronous}; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
                PRAGMA journal_size_limit = {WalSizeLimit}
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that only reads.</summary>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public SqliteConnection OpenReader()
    {
        var connection = Open();
        try
        {
            connection.Execute("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that does nothing but hold the write lock.</summary>
    /// <exception cref="SqliteException">SQLite refuses.</exception>
    public SqliteConnection OpenGuard() => Open();

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            connection.Execute("PRAGMA busy_timeout = 0; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void PrepareDirectory()
    {
        if (Directory.Exists(Path))
        {
            throw new StorageException(StorageErrorCodes.PathIsDirectory, $"'{Path}' is a directory. Name a file in it, such as '{System.IO.Path.Combine(Path, "orchestrator.db")}'.");
        }

        var directory = System.IO.Path.GetDirectoryName(Path) ?? ".";
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                StorageErrorCodes.CannotOpen, $"The directory of '{Path}' cannot be made. Choose another path, or give this user the right to write there.", error);
        }

        if (SqliteFileSystem.NetworkTypeOf(directory) is { } type)
        {
            throw new StorageException(
                StorageErrorCodes.NetworkFileSystem,
                $"'{Path}' lies on a network file system ({type}), where SQLite cannot keep several writers apart. Keep it on a local disk, or use PostgreSQL.");
        }
    }

    private void EnterWal(SqliteConnection connection)
    {
        if (connection.ExecuteScalar<string>("PRAGMA journal_mode") != "wal" && connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL") != "wal")
        {
            throw new StorageException(
                StorageErrorCodes.CannotOpen, $"'{Path}' cannot be put into WAL mode. Keep the database on a local disk, not on a network file system.");
        }
    }
}
