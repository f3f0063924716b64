using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Removes what the same owner made for pools that are no longer configured: at the start, until it succeeds, and now and then, as another orchestrator may have made some since.</summary>
internal sealed class PoolSweeper(IContainerEngine engine, string owner, IReadOnlySet<string> pools, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var isSwept = await TrySweepAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(isSwept ? Interval : RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await engine.ListAsync(ContainerLabels.OfOwner(owner), cancellationToken).AsTask().WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
            var isSwept = true;
            foreach (var status in found.Where(IsOfNoPool))
            {
                isSwept &= await TryRemoveAsync(status, cancellationToken).ConfigureAwait(false);
            }

            return isSwept;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Tell(error);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>One that cannot be removed keeps no other.</summary>
    private async Task<bool> TryRemoveAsync(ContainerStatus status, CancellationToken cancellationToken)
    {
        try
        {
            Log.LeftOverRemoved(logger, status.Name, status.Labels[ContainerLabels.Pool]);
            await engine.RemoveAsync(status.Id, cancellationToken).AsTask().WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Tell(error);
            return false;
        }
    }

    private void Tell(Exception error)
    {
        var failure = EngineFailure.From(error);
        Log.SweepFailed(logger, failure.Code, failure.Message);
    }

    /// <summary>Whether it says itself that it is this owner's, and of which pool.</summary>
    private bool IsOfNoPool(ContainerStatus status) =>
        status.Labels.TryGetValue(ContainerLabels.Owner, out var of) && of == owner
        && status.Labels.TryGetValue(ContainerLabels.Pool, out var pool) && !pools.Contains(pool);
}
