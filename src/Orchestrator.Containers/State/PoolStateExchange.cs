using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.State;

/// <summary>Tells other processes how the pools are, and does what they ask: once a second, beside the balancer's work. No lease and no step waits for it.</summary>
internal sealed class PoolStateExchange : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A database that is away is asked less often.
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<(string Pool, PoolTelling Telling)> _pools;
    private readonly PoolRequests _requests;
    private readonly IContainerBalancer _balancer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public PoolStateExchange(IReadOnlyList<string> pools, string workerName, IContainerBalancer balancer, IContainerPoolState state, TimeProvider time, ILogger logger)
    {
        _pools = [.. pools.Select(pool => (pool, new PoolTelling(pool, workerName, state, time)))];
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
            foreach (var (_, telling) in _pools)
            {
                await telling.GiveUpAsync(cancellationToken).ConfigureAwait(false);
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
            try
            {
                await ExchangeAsync(cancellationToken).ConfigureAwait(false);
                isBroken = false;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                if (!isBroken)
                {
                    Log.PoolStateFailed(_logger, error); // Once, not every few seconds while it lasts.
                }

                isBroken = true;
            }

            await Task.Delay(isBroken ? RetryDelay : Interval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ExchangeAsync(CancellationToken cancellationToken)
    {
        await _requests.TakeAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (pool, telling) in _pools)
        {
            if (_balancer.GetStatus(pool) is { } status)
            {
                await telling.TellAsync(status, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
