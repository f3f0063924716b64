using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue;
using Orchestrator.Storage.Diagnostics;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// One SQLite file: one connection that writes, in transactions shared by all who wait (group commit), and connections that read beside it.
/// </summary>
/// <remarks>
/// Thread-safe; a singleton. Opens and migrates the file at the first use. Several processes may use one file: each waits its turn to write.
/// Disposing closes the file and refuses what waits; committed data needs no disposing. SQLite's driver has no asynchronous calls: writing runs on a thread
/// of its own (or on that of a caller who is alone), reading on the calling thread.
/// </remarks>
public sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteConnections _connections;
    private readonly SqliteReaders _readers;
    private readonly SqliteWriter _writer;
    private readonly TimeProvider _time;
    private readonly WorkerIdentity? _worker;
    private readonly ILogger<SqliteDatabase> _logger;
    private volatile bool _initialized;
    private volatile bool _disposed;

    /// <summary>Describes the database; opens nothing yet.</summary>
    /// <param name="options">Where it is. Read once.</param>
    /// <param name="time">The clock for the ledger of migrations.</param>
    /// <param name="worker">Who uses it; <see langword="null"/> when nobody in particular.</param>
    /// <param name="logger">Hears of migrations.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    /// <exception cref="StorageException"><see cref="SqliteStorageOptions.NativeLibrary"/> cannot be used, or another one is in use already.</exception>
    public SqliteDatabase(SqliteStorageOptions options, TimeProvider time, WorkerIdentity? worker, ILogger<SqliteDatabase> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        SqliteEngine.Start(options.NativeLibrary);
        EngineVersion = SqliteEngine.Version;
        _time = time;
        _worker = worker;
        _logger = logger;
        _connections = new SqliteConnections(options);
        _readers = new SqliteReaders(_connections);
        _writer = new SqliteWriter(
            OpenWriter,
            error => SqliteErrors.Explain(error, Path),
            fault => Log.WriterFailed(_logger, Path, (fault as StorageException)?.Code ?? fault.GetType().Name),
            fault => Log.CheckpointFailed(_logger, Path, fault.Code),
            new SqliteCheckpoints(_connections),
            options.BusyTimeout);
    }

    /// <summary>The full path of the file.</summary>
    public string Path => _connections.Path;

    /// <summary>The version of SQLite that this process uses, such as <c>3.35.5</c>.</summary>
    public string EngineVersion { get; }

    /// <summary>The clock of this machine, which all processes on the file share.</summary>
    internal TimeProvider Time => _time;

    /// <summary>Opens connections to the same file.</summary>
    internal SqliteConnections Connections => _connections;

    /// <summary>Opens the file and brings its schema up to date. Safe when many processes do so at once; done once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the database can be used.</returns>
    /// <exception cref="StorageException">The file cannot be used, or its schema is newer than this package.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_initialized)
        {
            await _writer.RunAsync<bool>(work: null, default, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connections. Lets a transaction in progress end; work that waits fails with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _readers.Dispose();
        _writer.Dispose();
    }

    /// <summary>
    /// Runs work in a transaction and commits it, together with the work of others who wait. What one work throws takes back only its own statements and
    /// reaches only its caller. The work must not keep the connection; it runs once or not at all.
    /// </summary>
    /// <remarks>
    /// Cancelling takes effect until the work begins. After that the caller hears what became of it: its result means committed, an exception means that
    /// nothing of it is stored (but when the disk fails during the commit itself, which nobody can tell). Works of one caller run in the order they were handed over.
    /// </remarks>
    /// <exception cref="StorageException">The database cannot be used; <see cref="StorageErrorCodes.Busy"/> when other processes wrote for longer than the busy time-out.</exception>
    internal ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) => WriteAsync(work, default, cancellationToken);

    /// <summary>Runs work as <see cref="WriteAsync{T}(Func{SqliteConnection, T}, CancellationToken)"/> does, made cheaper by what the caller knows of it; work that may repeat can run a second time after a rollback.</summary>
    internal ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, WriteTraits traits, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _writer.RunAsync(work, traits, cancellationToken);
    }

    /// <summary>Waits until this process puts a task into a queue, and runs work in the same transaction, once. The work may repeat.</summary>
    internal async ValueTask<T> StandByAsync<T>(string queue, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await _writer.StandByAsync(queue, work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs work that only reads, beside the writer, on what was committed.</summary>
    internal async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return _readers.Read(work);
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Explain(error, Path);
        }
    }

    /// <summary>Looks whether other connections (mostly other processes) committed something; a higher number than before says that they did.</summary>
    internal long LookForOthers()
    {
        try
        {
            return _writer.LookForOthers();
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Explain(error, Path);
        }
    }

    private SqliteConnection OpenWriter(Action<Action> tellLater)
    {
        var connection = _connections.OpenWriter(migrate: !_initialized, _time.GetUtcNow(), _worker, (from, to) => tellLater(() => TellVersion(from, to)));
        _initialized = true;
        return connection;
    }

    private void TellVersion(long from, long to)
    {
        if (from == to)
        {
            Log.DatabaseOpened(_logger, Path, to);
        }
        else
        {
            Log.SchemaMigrated(_logger, Path, from, to);
        }
    }
}
