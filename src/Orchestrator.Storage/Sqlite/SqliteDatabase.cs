using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue;
using Orchestrator.Storage.Diagnostics;

namespace Orchestrator.Storage.Sqlite;

/// <summary>One SQLite file: one connection that writes, one transaction at a time, and pooled connections that read beside it.</summary>
/// <remarks>
/// Thread-safe; a singleton. Opens and migrates the file at the first use. Disposing closes the file; committed data needs no disposing.
/// SQLite's driver has no asynchronous calls: work runs on the calling thread, and waiting for this process' other writers is asynchronous.
/// </remarks>
public sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly WorkerIdentity? _worker;
    private readonly ILogger<SqliteDatabase> _logger;
    private readonly string _connectionString;

    // Guards _writer and _initialized: whoever holds it is this process' one writer.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SqliteConnection? _writer;
    private volatile bool _initialized;
    private volatile bool _disposed;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Describes the database; opens nothing yet.</summary>
    /// <param name="options">Where it is. Read once.</param>
    /// <param name="time">The clock for the ledger of migrations.</param>
    /// <param name="worker">Who uses it; <see langword="null"/> when nobody in particular.</param>
    /// <param name="logger">Hears of migrations.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public SqliteDatabase(SqliteStorageOptions options, TimeProvider time, WorkerIdentity? worker, ILogger<SqliteDatabase> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        _options = options;
        _time = time;
        _worker = worker;
        _logger = logger;
        var connection = options.ConnectionString is { } text ? new SqliteConnectionStringBuilder(text) : new SqliteConnectionStringBuilder { DataSource = options.Path };
        connection.DataSource = System.IO.Path.GetFullPath(connection.DataSource);
        connection.Cache = SqliteCacheMode.Private;
        connection.DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds);
        Path = connection.DataSource;
        _connectionString = connection.ToString();
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>Opens the file and brings its schema up to date. Safe when many processes do so at once; done once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the database can be used.</returns>
    /// <exception cref="StorageException">The file cannot be used, or its schema is newer than this package.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_initialized)
        {
            return;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            EnsureWriter();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        using (var pooled = new SqliteConnection(_connectionString))
        {
            SqliteConnection.ClearPool(pooled);
        }

        _gate.Wait();
        _writer?.Dispose();
        _writer = null;
        _gate.Release();
    }

    /// <summary>Runs work in a transaction of its own (<c>BEGIN IMMEDIATE</c>) and commits it. The work must not keep the connection and may run only once.</summary>
    internal async ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var writer = EnsureWriter();
            writer.Execute("BEGIN IMMEDIATE");
            cancellationToken.ThrowIfCancellationRequested();
            var result = work(writer);
            cancellationToken.ThrowIfCancellationRequested();
            writer.Execute("COMMIT");
            return result;
        }
        catch (SqliteException error)
        {
            var explained = SqliteErrors.Explain(error, Path);
            Log.WriterFailed(_logger, Path, explained.Code);
            CloseWriter();
            throw explained;
        }
        catch
        {
            // Closing rolls back whatever was begun.
            CloseWriter();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs work that only reads, beside the writer, on what was committed.</summary>
    internal async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = Open(pooled: true);
            return work(connection);
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Explain(error, Path);
        }
    }

    private SqliteConnection EnsureWriter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_writer is { } writer)
        {
            return writer;
        }

        try
        {
            PrepareDirectory();
            writer = Open(pooled: false);
            try
            {
                if (!_initialized)
                {
                    EnterWal(writer);
                    SqliteMigrations.Apply(writer, Path, _time.GetUtcNow(), _worker, _logger);
                    _initialized = true;
                }
            }
            catch
            {
                writer.Dispose();
                throw;
            }

            return _writer = writer;
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Explain(error, Path);
        }
    }

    private void PrepareDirectory()
    {
        if (Directory.Exists(Path))
        {
            throw new StorageException(StorageErrorCodes.PathIsDirectory, $"'{Path}' is a directory. Name a file in it, such as '{System.IO.Path.Combine(Path, "orchestrator.db")}'.");
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path) ?? ".");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                StorageErrorCodes.CannotOpen, $"The directory of '{Path}' cannot be made. Choose another path, or give this user the right to write there.", error);
        }
    }

    private SqliteConnection Open(bool pooled)
    {
        var connection = new SqliteConnection(pooled ? _connectionString : _connectionString + ";Pooling=False");
        try
        {
            connection.Open();
            var synchronous = _options.Durability == SqliteDurability.Full ? "FULL" : "NORMAL";
            connection.Execute($"PRAGMA busy_timeout = {(long)_options.BusyTimeout.TotalMilliseconds}; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
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

    private void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
