using Orchestrator.Queue.Handlers;

namespace Orchestrator.Queue.Workers;

/// <summary>A task in the hands of this worker, from its lease until its outcome is stored.</summary>
internal sealed class RunningTask(TaskContext context, HandlerEntry handler, long leasedAt) : IAsyncDisposable
{
    // A timer cannot be set for longer than 49 days.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new(); // guards the fields below: nobody is told to stop after the handler returned
    private Task _stopping = Task.CompletedTask;
    private ITimer? _timeout;
    private TimeSpan _timeLeft;
    private bool _isClosed;
    private volatile bool _isLost;
    private long _renewedAt = leasedAt;

    public TaskContext Context => context;

    public HandlerEntry Handler => handler;

    public LeaseToken Token => context.Lease.Token;

    public int Slots => context.Lease.Task.Slots;

    public CancellationToken Stopping => _stop.Token;

    /// <summary>What the worker writes down once the handler returned; <see langword="null"/> for nothing, as the lease was lost.</summary>
    public TaskOutcome? Outcome { get; set; }

    /// <summary>How often the database refused to store the outcome without saying that its content is to blame.</summary>
    public int Refusals { get; set; }

    /// <summary>How it ended, for logs.</summary>
    public string OutcomeName { get; set; } = "";

    /// <summary>Whether the handler ended the task in a transaction of its own: the lease is expected to be over.</summary>
    public bool IsAlreadyCompleted { get; set; }

    /// <summary>Whether the lease was lost, also after the handler returned.</summary>
    public bool IsLost => _isLost;

    /// <summary>The timestamp from which the lease counts.</summary>
    public long RenewedAt
    {
        get => Volatile.Read(ref _renewedAt);
        set => Volatile.Write(ref _renewedAt, value);
    }

    public void Stop(TaskStopReason reason)
    {
        if (reason == TaskStopReason.LeaseLost)
        {
            _isLost = true;
        }

        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            context.Stop(reason);
            if (!_stop.IsCancellationRequested)
            {
                _stopping = _stop.CancelAsync(); // The token shows it at once; callbacks run on the thread pool, not under the lock.
            }
        }
    }

    /// <summary>Counts the time from now that the task may take.</summary>
    public void LimitTime(TimeProvider time)
    {
        if (context.Lease.Task.Timeout is { } timeout)
        {
            var first = timeout < LongestTimer ? timeout : LongestTimer;
            _timeLeft = timeout - first;
            _timeout = time.CreateTimer(static state => ((RunningTask)state!).OnTime(), this, first, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The handler returned.</summary>
    public async ValueTask DisposeAsync()
    {
        Task stopping;
        lock (_gate)
        {
            _isClosed = true;
            stopping = _stopping;
        }

        _timeout?.Dispose();
        if (!stopping.IsCompleted)
        {
            await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private void OnTime()
    {
        if (_timeLeft <= TimeSpan.Zero)
        {
            Stop(TaskStopReason.TimedOut);
            return;
        }

        var next = _timeLeft < LongestTimer ? _timeLeft : LongestTimer;
        _timeLeft -= next;
        _timeout?.Change(next, Timeout.InfiniteTimeSpan);
    }
}
