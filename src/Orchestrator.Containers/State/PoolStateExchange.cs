using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.State;

/// <summary>Tells other processes how the pools are, does what they ask, and keeps what the next process of this host shall know: once a second, beside the balancer's work. No lease and no step
/// waits for it.</summary>
internal sealed class PoolStateExchange : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A database that is away is asked less often.
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<(string Pool, PoolTelling Telling, AccountKeeping Account)> _pools;
    private readonly PoolRequests _requests;
    private readonly IContainerBalancer _balancer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public PoolStateExchange(IReadOnlyList<IAccountedPool> pools, string workerName, IContainerBalancer balancer, IContainerPoolState state, TimeProvider time, ILogger logger)
    {
        _pools = [.. pools.Select(pool => (pool.Name, new PoolTelling(pool.Name, workerName, state, time), new AccountKeeping(pool, workerName, state, time, logger)))];
        _requests = new PoolRequests(workerName, balancer, state, time);
        (_balancer, _time, _logger) = (balancer, time, logger);
    }

    public void Start() => _running = _pools.Count == 0 ? Task.CompletedTask : Task.Run(() => RunAsync(_stopping.Token));

    /// <summary>Takes no more requests, and says that nobody knows any more how the pools are.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            foreach (var (_, telling, _) in _pools)
            {
                await telling.GiveUpAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Log.PoolStateFailed(_logger, error);
        }
    }

    /// <summary>Keeps what the pools told last. Once they have stopped.</summary>
    public async Task KeepLastAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (_, _, account) in _pools)
            {
                await account.CloseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Log.PoolStateFailed(_logger, error);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var isBroken = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            var error = await ExchangeAsync(cancellationToken).ConfigureAwait(false);
            if (error is not null && !isBroken)
            {
                Log.PoolStateFailed(_logger, error); // Once, not every few seconds while it lasts.
            }

            isBroken = error is not null;
            await Task.Delay(isBroken ? RetryDelay : Interval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Each part by itself: what cannot be read of one pool holds no other up.</summary>
    /// <returns>What went wrong first; <see langword="null"/> when nothing did.</returns>
    private async ValueTask<Exception?> ExchangeAsync(CancellationToken cancellationToken)
    {
        Exception? error = null;
        foreach (var (_, _, account) in _pools)
        {
            error = await TryAsync(account.ReadAsync, error, cancellationToken).ConfigureAwait(false);
        }

        error = await TryAsync(_requests.TakeAsync, error, cancellationToken).ConfigureAwait(false);
        foreach (var (pool, telling, account) in _pools)
        {
            error = await TryAsync(cancel => _balancer.GetStatus(pool) is { } status ? telling.TellAsync(status, cancel) : default, error, cancellationToken).ConfigureAwait(false);
            error = await TryAsync(account.KeepAsync, error, cancellationToken).ConfigureAwait(false);
        }

        return error;
    }

    private static async ValueTask<Exception?> TryAsync(Func<CancellationToken, ValueTask> part, Exception? before, CancellationToken cancellationToken)
    {
        try
        {
            await part(cancellationToken).ConfigureAwait(false);
            return before;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return before ?? error;
        }
    }
}
