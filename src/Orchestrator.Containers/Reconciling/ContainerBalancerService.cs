using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.History;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Keeps all pools while the host runs. Does not hold up the host's start: an engine that does not answer yet is asked again.</summary>
internal sealed class ContainerBalancerService(
    IReadOnlyList<PoolReconciler> pools,
    ContainerBalancerOptions options,
    HistoryWriter history,
    PoolSweeper sweeper,
    PoolStateExchange exchange,
    ContainerMetrics metrics,
    ILogger logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _beside = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Observe(() => pools.Select(pool => pool.Status()));
        _beside = Task.WhenAll(history.RunAsync(_stopping.Token), sweeper.RunAsync(_stopping.Token));
        foreach (var pool in pools)
        {
            pool.Start();
        }

        exchange.Start();

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await exchange.StopAsync(cancellationToken).ConfigureAwait(false);
        if (options.StopWithHost)
        {
            await Task.WhenAll(pools.Select(pool => EmptyAsync(pool, cancellationToken))).ConfigureAwait(false);
        }

        await Task.WhenAll(pools.Select(async pool =>
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            pool.Parts.Leases.Dispose();
        })).ConfigureAwait(false);
        await exchange.KeepLastAsync(cancellationToken).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await history.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        exchange.Dispose();
        foreach (var pool in pools)
        {
            pool.Close(); // A host whose start failed never stopped them.
        }

        _stopping.Dispose();
    }

    private async Task EmptyAsync(PoolReconciler pool, CancellationToken cancellationToken)
    {
        try
        {
            await pool.EmptyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.PoolNotEmptied(logger, pool.Name);
        }
    }
}
