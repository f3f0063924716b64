namespace Orchestrator.Queue.Workers;

/// <summary>A task in the hands of this worker.</summary>
internal sealed class RunningTask(TaskContext context, long leasedAt) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new(); // guards _stopping and _disposed, so that nobody cancels a disposed source
    private Task _stopping = Task.CompletedTask;
    private bool _disposed;
    private long _renewedAt = leasedAt;

    public TaskContext Context => context;

    public LeaseToken Token => context.Lease.Token;

    public CancellationToken Stopping => _stop.Token;

    /// <summary>The timestamp from which the lease counts.</summary>
    public long RenewedAt
    {
        get => Volatile.Read(ref _renewedAt);
        set => Volatile.Write(ref _renewedAt, value);
    }

    public Task Execution { get; set; } = Task.CompletedTask;

    public void Stop(TaskStopReason reason)
    {
        lock (_gate)
        {
            context.Stop(reason);
            if (!_disposed && !_stop.IsCancellationRequested)
            {
                _stopping = _stop.CancelAsync(); // Callbacks run on the thread pool, not under the lock.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task stopping;
        lock (_gate)
        {
            _disposed = true;
            stopping = _stopping;
        }

        await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
