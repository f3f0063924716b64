namespace Orchestrator.Testing;

/// <summary>
/// A clock that moves only when a test says so: wall time, timestamps and timers all follow <see cref="Advance"/>.
/// </summary>
/// <remarks>
/// Thread-safe. Callbacks run on the thread that advances, outside any lock, in order of their due time (and of their arming when due together).
/// A timer armed with a due time of zero fires on the thread pool, as a real one does.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    /// <summary>Where a clock made without a start time stands: 1 January 2026, midnight UTC.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new(); // guards every field below, and the state of every timer
    private readonly List<ManualTimer> _armed = [];
    private readonly List<TimerWaiter> _waiters = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private DateTimeOffset _target;
    private long _sequence;

    /// <summary>Makes a clock that stands at <see cref="DefaultStart"/>.</summary>
    public ManualTimeProvider()
        : this(DefaultStart)
    {
    }

    /// <summary>Makes a clock that stands at <paramref name="start"/>.</summary>
    public ManualTimeProvider(DateTimeOffset start)
    {
        _start = start.ToUniversalTime();
        _now = _start;
        _target = _start;
    }

    /// <summary>How many timers are armed at this moment.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>When the next armed timer is due; null when none is armed.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return Earliest()?.Due;
            }
        }
    }

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc />
    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    /// <summary>
    /// Moves the clock forward and fires every timer that falls due on the way, each at its own due time; a periodic one as often as it falls due.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);

        lock (_gate)
        {
            _target += by;
        }

        while (TakeDue() is { } due)
        {
            due.Fire();
        }
    }

    /// <summary>Completes when at least <paramref name="count"/> timers are armed at once: the moment to call <see cref="Advance"/>.</summary>
    public Task WaitForTimerAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);

        var waiter = new TimerWaiter(count);
        lock (_gate)
        {
            if (_armed.Count >= count)
            {
                return Task.CompletedTask;
            }

            _waiters.Add(waiter);
        }

        return waiter.Reached.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);

        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _armed.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static fired => fired.Fire(), timer, preferLocal: false);
                if (timer.Period == Timeout.InfiniteTimeSpan)
                {
                    return;
                }

                dueTime = timer.Period;
            }

            timer.Due = _now + dueTime;
            timer.Sequence = ++_sequence;
            _armed.Add(timer);
            ReleaseWaiters();
        }
    }

    internal void Disarm(ManualTimer timer)
    {
        lock (_gate)
        {
            _armed.Remove(timer);
        }
    }

    private ManualTimer? TakeDue()
    {
        lock (_gate)
        {
            var next = Earliest();
            if (next is null || next.Due > _target)
            {
                _now = _target;
                return null;
            }

            _now = next.Due > _now ? next.Due : _now;
            if (next.Period == Timeout.InfiniteTimeSpan)
            {
                _armed.Remove(next);
            }
            else
            {
                next.Due += next.Period;
                next.Sequence = ++_sequence;
            }

            return next;
        }
    }

    private ManualTimer? Earliest()
    {
        ManualTimer? earliest = null;
        foreach (var timer in _armed)
        {
            if (earliest is null || timer.Due < earliest.Due || (timer.Due == earliest.Due && timer.Sequence < earliest.Sequence))
            {
                earliest = timer;
            }
        }

        return earliest;
    }

    private void ReleaseWaiters()
    {
        foreach (var waiter in _waiters.FindAll(waiter => waiter.Count <= _armed.Count))
        {
            _waiters.Remove(waiter);
            waiter.Reached.TrySetResult(); // continuations run asynchronously, so none runs under the lock
        }
    }

    private sealed record TimerWaiter(int Count)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
