using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>A worker that waits for tasks which this process enqueues, to be given them by the transaction that adds them.</summary>
internal sealed class WorkerStandby : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task<ValueList<TaskLease>> _leases;

    public WorkerStandby(ITaskStandby store, LeaseRequest request, Signal signal)
    {
        _leases = store.LeaseNextAsync(request, _stopping.Token).AsTask();
        _ = WakeAsync(signal);
    }

    /// <summary>Stands by no longer.</summary>
    /// <returns>What was leased meanwhile.</returns>
    /// <exception cref="StorageException">The database failed; nothing was leased.</exception>
    public ValueTask<ValueList<TaskLease>> EndAsync()
    {
        if (!_leases.IsCompleted)
        {
            _stopping.Cancel();
        }

        return FinishAsync();
    }

    public void Dispose() => _stopping.Dispose();

    private async ValueTask<ValueList<TaskLease>> FinishAsync()
    {
        try
        {
            return await _leases.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return [];
        }
    }

    private async Task WakeAsync(Signal signal)
    {
        await ((Task)_leases).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_leases.IsCanceled)
        {
            signal.SetHere();
        }
    }
}
