using System.Threading.Tasks.Sources;

namespace Orchestrator.Queue.Signals;

/// <summary>Wakes one waiter. Set while nobody waits, it wakes the next one. One timer serves all waits.</summary>
/// <remarks>Thread-safe, but for <see cref="WaitAsync"/>, which one caller at a time may call.</remarks>
internal sealed class Signal : IValueTaskSource, IDisposable
{
    private readonly Lock _gate = new(); // guards every field below
    private readonly ITimer _timer;
    private readonly Action<Signal> _stopped;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isSet;
    private bool _isWaiting;

    public Signal(TimeProvider time, Action<Signal> stopped)
    {
        _stopped = stopped;
        _timer = time.CreateTimer(static state => ((Signal)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set() => Set(onThisThread: false);

    /// <summary>Sets it and lets the waiter go on on this thread, which must have nothing else to do and hold no lock.</summary>
    public void SetHere() => Set(onThisThread: true);

    /// <summary>Waits until it is set or <paramref name="longest"/> went by.</summary>
    public async ValueTask WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (longest <= TimeSpan.Zero)
        {
            return;
        }

        ValueTask woken;
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return;
            }

            _core.Reset();
            _isWaiting = true;
            woken = new ValueTask(this, _core.Version);
        }

        _timer.Change(longest, Timeout.InfiniteTimeSpan);
        var cancelled = cancellationToken.UnsafeRegister(static state => ((Signal)state!).Wake(), this);
        try
        {
            await woken.ConfigureAwait(false);
        }
        finally
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            await cancelled.DisposeAsync().ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _stopped(this);
        _timer.Dispose();
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Set(bool onThisThread)
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isSet = true;
                return;
            }
        }

        Wake(onThisThread);
    }

    // Not under the lock: the continuation may run at once. Nobody else ends this wait any more, and none begins before it has ended.
    private void Wake(bool onThisThread = false)
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.RunContinuationsAsynchronously = !onThisThread;
        _core.SetResult(true);
    }
}
