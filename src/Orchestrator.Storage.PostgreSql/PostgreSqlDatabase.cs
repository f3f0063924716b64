using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Storage.PostgreSql.DependencyInjection;
using Orchestrator.Storage.PostgreSql.Diagnostics;
using Orchestrator.Storage.PostgreSql.Tasks;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>One schema of a PostgreSQL database, with this process' pool of connections to it.</summary>
/// <remarks>
/// Thread-safe; a singleton. Connects and migrates at the first use. Transactions that have to give way to others are run again by themselves; a lost connection
/// surfaces as a transient <see cref="StorageException"/>, as nobody can know whether the last change was committed.
/// </remarks>
public sealed class PostgreSqlDatabase : IAsyncDisposable, IDisposable
{
    private const int DefaultConnections = 20;
    private const int MaxTries = 8;

    private const string ReadClock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private const string SetLimits = "SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _apart; // for connections that do not come back
    private readonly PostgreSqlTexts _texts;
    private readonly PostgreSqlClock _clock;
    private readonly PostgreSqlCounters _counters;
    private readonly SemaphoreSlim _opening = new(1, 1); // one migration at a time
    private readonly WorkerIdentity? _worker;
    private readonly ILogger<PostgreSqlDatabase> _logger;
    private readonly Func<int, int> _random;
    private volatile bool _initialized;
    private int _disposed;

    /// <summary>Describes the database; connects to nothing yet.</summary>
    /// <param name="options">Where it is. Read once.</param>
    /// <param name="time">The clock that waits are measured by; what the time is, the server says.</param>
    /// <param name="worker">Who uses it; <see langword="null"/> when nobody in particular.</param>
    /// <param name="logger">Hears of migrations and interruptions.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public PostgreSqlDatabase(PostgreSqlStorageOptions options, TimeProvider time, WorkerIdentity? worker, ILogger<PostgreSqlDatabase> logger)
        : this(options, time, worker, logger, RandomNumberGenerator.GetInt32)
    {
    }

    internal PostgreSqlDatabase(PostgreSqlStorageOptions options, TimeProvider time, WorkerIdentity? worker, ILogger<PostgreSqlDatabase> logger, Func<int, int> random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        if (PostgreSqlStorageOptionsRulesValidator.ConnectionStringError(options.ConnectionString) is { } fault)
        {
            throw new ArgumentException($"The connection string {fault}", nameof(options));
        }

        Time = time;
        Options = options;
        _worker = worker;
        _logger = logger;
        _random = random;
        var connection = Complete(options);
        _source = NpgsqlDataSource.Create(connection);
        connection.Pooling = false;
        _apart = NpgsqlDataSource.Create(connection);
        _texts = new PostgreSqlTexts(options.Schema, (int)options.CommandTimeout.TotalSeconds);
        _clock = new PostgreSqlClock(time, ReadClockAsync);
        _counters = new PostgreSqlCounters(this);
        Announcer = new PostgreSqlAnnouncer(this, logger);
    }

    /// <summary>The schema that holds the tables.</summary>
    public string Schema => _texts.Schema;

    internal TimeProvider Time { get; }

    internal PostgreSqlStorageOptions Options { get; }

    /// <summary>Tells other processes of new work.</summary>
    internal PostgreSqlAnnouncer Announcer { get; }

    /// <summary>Connects and brings the schema up to date. Safe when many processes do so at once; done once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the database can be used.</returns>
    /// <exception cref="StorageException">The server cannot be reached or used, or the schema is newer than this package.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        if (_initialized)
        {
            return;
        }

        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_initialized)
            {
                await TryAsync(MigrateAsync, cancellationToken).ConfigureAwait(false);
                _initialized = true;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The server's time, see <see cref="ITaskStore.GetTimeAsync"/>.</summary>
    internal ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => _clock.GetAsync(cancellationToken);

    /// <summary>Runs statements that each are a transaction of their own, or one round trip. Runs them again when they had to give way.</summary>
    internal async ValueTask<T> RunAsync<T>(Func<PostgreSqlSession, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await TryAsync(
            async (connection, cancel) => await work(new PostgreSqlSession(connection, null, _texts), cancel).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="RunAsync"/>, for what changes tasks: adds the counters up from time to time.</summary>
    internal async ValueTask<T> WriteAsync<T>(Func<PostgreSqlSession, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var result = await RunAsync(work, cancellationToken).ConfigureAwait(false);
        await _counters.FoldAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>Runs work in one transaction. Runs it again from its beginning when it had to give way.</summary>
    internal async ValueTask<T> TransactAsync<T>(Func<PostgreSqlSession, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var result = await TryAsync(
            async (connection, cancel) =>
            {
                var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
                await using var _ = transaction.ConfigureAwait(false);
                var value = await work(new PostgreSqlSession(connection, transaction, _texts), cancel).ConfigureAwait(false);
                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return value;
            },
            cancellationToken).ConfigureAwait(false);
        await _counters.FoldAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>Statements on a connection and in a transaction of somebody else.</summary>
    internal PostgreSqlSession Join(NpgsqlTransaction transaction) => new(transaction.Connection!, transaction, _texts);

    /// <summary>Opens a connection beside the pool, to listen on.</summary>
    internal ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => _apart.OpenConnectionAsync(cancellationToken);

    /// <summary>As <see cref="TransactAsync"/>, for maintenance: it does not wait for others for long, nor lets others wait for it.</summary>
    internal ValueTask<T> LimitedAsync<T>(Func<PostgreSqlSession, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TransactAsync(
            async (session, cancel) =>
            {
                await LimitAsync(session, cancel).ConfigureAwait(false);
                return await work(session, cancel).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Keeps a transaction of maintenance from waiting for others, and others from waiting for it, for long.</summary>
    internal ValueTask<int> LimitAsync(PostgreSqlSession session, CancellationToken cancellationToken) => session.ExecuteAsync(
        SetLimits, cancellationToken, $"{(long)Options.MaintenanceLockTimeout.TotalMilliseconds}ms", $"{(long)Options.MaintenanceStatementTimeout.TotalMilliseconds}ms");

    internal StorageException Explain(Exception error) => PostgreSqlErrors.Explain(error, Schema);

    /// <summary>Waits a little, the longer the more often it was tried, and nobody as long as another.</summary>
    internal Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(1 + _random(5 << Math.Min(attempt, 10))), Time, cancellationToken);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Closes the connections; announcements under way are sent first.</summary>
    /// <returns>When they are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await Announcer.DisposeAsync().ConfigureAwait(false);
            await _source.DisposeAsync().ConfigureAwait(false);
            await _apart.DisposeAsync().ConfigureAwait(false);
            _clock.Dispose();
            _opening.Dispose();
        }
    }

    private async ValueTask<T> TryAsync<T>(Func<NpgsqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var _ = connection.ConfigureAwait(false);
                return await work(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException error) when (PostgreSqlErrors.IsConflict(error) && attempt < MaxTries)
            {
                Log.TransactionRetried(_logger, Schema, error.SqlState, attempt);
            }
            catch (TakenIdException) when (attempt < MaxTries)
            {
                // Whoever took the id has committed by now: the next look sees it.
            }
            catch (TakenIdException error)
            {
                throw new StorageException(StorageErrorCodes.Busy, $"Others kept adding tasks with the same ids to schema '{Schema}'. Try again.", error, isTransient: true);
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw Explain(error);
            }

            await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await PostgreSqlMigrations.ApplyAsync(connection, _texts, _worker, Time.GetUtcNow(), _logger, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private ValueTask<long> ReadClockAsync(CancellationToken cancellationToken) =>
        RunAsync(static async (session, cancel) => (await session.NumberAsync(ReadClock, cancel).ConfigureAwait(false))!.Value, cancellationToken);

    // What the host did not say: statements are prepared once they come again, sessions keep nothing that would have to be reset, and a dead server is noticed.
    private static NpgsqlConnectionStringBuilder Complete(PostgreSqlStorageOptions options)
    {
        var text = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var given = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = options.ConnectionString };
        text.MaxPoolSize = options.MaxConnections ?? (given.ContainsKey("Maximum Pool Size") || given.ContainsKey("MaxPoolSize") ? text.MaxPoolSize : DefaultConnections);
        text.MaxAutoPrepare = given.ContainsKey("Max Auto Prepare") || given.ContainsKey("MaxAutoPrepare") ? text.MaxAutoPrepare : 100;
        text.AutoPrepareMinUsages = 2;
        text.NoResetOnClose = true;
        text.KeepAlive = text.KeepAlive > 0 ? text.KeepAlive : 30;
        text.TcpKeepAlive = true;
        text.ApplicationName ??= "orchestrator";
        text.PersistSecurityInfo = false;
        text.IncludeErrorDetail = false;
        text.Enlist = false;
        return text;
    }
}
