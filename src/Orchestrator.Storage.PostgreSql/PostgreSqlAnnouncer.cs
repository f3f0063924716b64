using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Storage.PostgreSql.Diagnostics;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Tells other processes by <c>NOTIFY</c> which queues have new work: at once when it was quiet, else at most every few milliseconds, each queue once.</summary>
internal sealed class PostgreSqlAnnouncer : IAsyncDisposable
{
    private const int MaxQueues = 1000;

    private const string Notify = "SELECT pg_notify($1, name) FROM unnest($2::text[]) AS q (name)";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly PostgreSqlDatabase _database;
    private readonly ILogger _logger;
    private readonly Channel<string> _queues = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxQueues) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Lock _gate = new(); // guards _sending
    private Task? _sending;

    public PostgreSqlAnnouncer(PostgreSqlDatabase database, ILogger logger)
    {
        _database = database;
        _logger = logger;
        Name = database.Options.Schema + "_tasks";
    }

    /// <summary>The name of the channel of the schema.</summary>
    public string Name { get; }

    /// <summary>Says that a queue has new work. Never waits: what does not fit any more is found by those who look.</summary>
    public void Announce(string queue)
    {
        if (_database.Options.Notify && _queues.Writer.TryWrite(queue) && _sending is null)
        {
            lock (_gate)
            {
                _sending ??= Task.Run(SendAsync);
            }
        }
    }

    /// <summary>Says so of several.</summary>
    public void Announce(IEnumerable<string> queues)
    {
        foreach (var queue in queues)
        {
            Announce(queue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queues.Writer.TryComplete();
        if (_sending is { } sending)
        {
            await sending.ConfigureAwait(false);
        }
    }

    private async Task SendAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await _queues.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_queues.Reader.TryRead(out var queue))
            {
                names.Add(queue);
            }

            try
            {
                await SendAsync([.. names], CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (error is StorageException or ObjectDisposedException)
            {
                Log.NotifyFailed(_logger, _database.Schema, error.Message);
            }

            names.Clear();
            await Task.WhenAny(Task.Delay(Pause, _database.Time), _queues.Reader.Completion).ConfigureAwait(false);
        }
    }

    /// <summary>Sends names over the channel now.</summary>
    public ValueTask<int> SendAsync(string[] names, CancellationToken cancellationToken) =>
        _database.RunAsync((session, cancel) => session.ExecuteAsync(Notify, cancel, Name, names), cancellationToken);
}
