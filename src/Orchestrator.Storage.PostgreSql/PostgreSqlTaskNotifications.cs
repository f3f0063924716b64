using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orchestrator.Storage.PostgreSql.Diagnostics;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Hints by <c>LISTEN</c>, on a connection of its own.</summary>
/// <remarks>
/// Thread-safe; a singleton. At the start and every few minutes it sends itself a word over another connection: one that does not arrive shows a connection that is
/// dead without saying so, or a pooler that does not pass notifications on; then it connects anew. Its first hint, for any queue, says that it hears.
/// With <see cref="PostgreSqlStorageOptions.Notify"/> off it gives no hints and ends at once.
/// </remarks>
public sealed class PostgreSqlTaskNotifications : ITaskNotifications
{
    // No queue's name begins like this.
    private const string ProbePrefix = "!";

    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly PostgreSqlDatabase _database;
    private readonly ILogger<PostgreSqlTaskNotifications> _logger;
    private long _probes;

    /// <summary>Makes the listener; listens to nothing yet.</summary>
    /// <param name="database">The database.</param>
    /// <param name="logger">Hears of interruptions.</param>
    public PostgreSqlTaskNotifications(PostgreSqlDatabase database, ILogger<PostgreSqlTaskNotifications> logger)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(logger);
        _database = database;
        _logger = logger;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string?> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_database.Options.Notify)
        {
            yield break;
        }

        // Hints beyond this are dropped: whoever reads so late has enough of them.
        var hints = Channel.CreateBounded<string?>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = Task.Run(() => ListenAsync(hints.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var hint in hints.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return hint;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(ChannelWriter<string?> hints, CancellationToken cancellationToken)
    {
        for (var failures = 0; !cancellationToken.IsCancellationRequested;)
        {
            try
            {
                await ListenOnceAsync(hints, () => failures = 1, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 50 << Math.Min(failures, 8)));
                failures++;
                Log.ListenerFailed(_logger, _database.Schema, pause, error is StorageException ? error.Message : _database.Explain(error).Message);
                await Task.Delay(pause, _database.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ListenOnceAsync(ChannelWriter<string?> hints, Action onListening, CancellationToken cancellationToken)
    {
        await _database.InitializeAsync(cancellationToken).ConfigureAwait(false);
        var connection = await _database.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        string? awaited = null;
        connection.Notification += (_, notification) =>
        {
            if (!notification.Payload.StartsWith(ProbePrefix, StringComparison.Ordinal))
            {
                hints.TryWrite(notification.Payload);
            }
            else if (notification.Payload == awaited)
            {
                awaited = null;
            }
        };
        using (var listen = new NpgsqlCommand($"LISTEN \"{_database.Announcer.Name}\"", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        Log.ListenerStarted(_logger, _database.Schema);
        for (var hears = false; ; hears = true)
        {
            awaited = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ProbePrefix}{Environment.ProcessId}.{_database.GetHashCode()}.{Interlocked.Increment(ref _probes)}");
            await _database.Announcer.SendAsync([awaited], cancellationToken).ConfigureAwait(false);
            await WaitAsync(connection, ProbePatience, () => awaited is null, cancellationToken).ConfigureAwait(false);
            if (awaited is not null)
            {
                throw new StorageException(
                    StorageErrorCodes.Failed, "A notification that was sent did not arrive: the connection is dead, or a pooler does not pass notifications on. Set Notify to false behind such a pooler.");
            }

            if (!hears)
            {
                onListening();
                hints.TryWrite(null); // For what was missed before, and to say that it hears.
            }

            await WaitAsync(connection, ProbeEvery, static () => false, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(NpgsqlConnection connection, TimeSpan patience, Func<bool> isDone, CancellationToken cancellationToken)
    {
        var start = _database.Time.GetTimestamp();
        while (!isDone() && _database.Time.GetElapsedTime(start) is var elapsed && elapsed < patience)
        {
            await connection.WaitAsync(patience - elapsed, cancellationToken).ConfigureAwait(false);
        }
    }
}
