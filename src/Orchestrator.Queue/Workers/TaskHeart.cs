using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;

namespace Orchestrator.Queue.Workers;

/// <summary>
/// Keeps the leases of a worker alive, and tells handlers to stop: when somebody asked for it, when a lease is lost, and, before others may take their tasks,
/// when no heartbeat got through.
/// </summary>
/// <remarks>A thread of its own with the monotonic clock: handlers that starve the thread pool must not cost the leases.</remarks>
internal sealed class TaskHeart : IDisposable
{
    private static readonly TimeSpan ShortestHintedPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(5);

    private readonly TaskWorkerOptions _options;
    private readonly ITaskLeases _leases;
    private readonly HeldTasks _held;
    private readonly TaskSignals _signals;
    private readonly ILogger<TaskWorker> _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly TimeSpan _pace;
    private readonly TimeSpan _vaguePace;
    private readonly TimeSpan _hold;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopped;
    private volatile bool _isAsked;
    private volatile bool _isHinted;
    private volatile bool _isVaguelyHinted;
    private Heartbeat? _beat;
    private long _beatAt;
    private bool _hasFailed;

    public TaskHeart(TaskWorkerOptions options, ITaskLeases leases, HeldTasks held, TaskSignals signals, ILogger<TaskWorker> logger)
    {
        _options = options;
        _leases = leases;
        _held = held;
        _signals = signals;
        _logger = logger;
        _pace = options.LeaseDuration / 3;
        _vaguePace = Shorter(Longer(options.LeaseDuration / 12, ShortestHintedPause), _pace);
        var margin = options.LeaseDuration / 10;
        _hold = options.LeaseDuration - (margin < LongestMargin ? margin : LongestMargin);
    }

    private TimeProvider Time => _signals.Time;

    public void Start()
    {
        _beatAt = Time.GetTimestamp();
        _signals.CancellationRequested += Ask;
        _signals.CancellationHinted += Hint;
        new Thread(Run) { IsBackground = true, Name = $"Orchestrator heartbeat {_options.Queue}" }.Start();
    }

    /// <summary>Stops. Leases are not renewed any more.</summary>
    /// <returns>When the thread has ended.</returns>
    public Task StopAsync()
    {
        _isStopped = true;
        _signals.CancellationRequested -= Ask;
        _signals.CancellationHinted -= Hint;
        _wake.Set();
        return _ended.Task;
    }

    public void Dispose() => _wake.Dispose();

    private void Ask()
    {
        _isAsked = true;
        _wake.Set();
    }

    // One that may be of anything is mostly of something else: on one file, what every other process writes.
    private void Hint(string? queue)
    {
        if (queue is null)
        {
            _isVaguelyHinted = true;
        }
        else if (queue == _options.Queue)
        {
            _isHinted = true;
        }
        else
        {
            return;
        }

        _wake.Set();
    }

    private void Run()
    {
        while (!_isStopped)
        {
            try
            {
                Beat();
            }
            catch (Exception error)
            {
                // The thread's outermost edge: without it, all leases would be lost.
                _hasFailed = true;
                Log.HeartFailed(_logger, error, _options.Queue);
                _wake.WaitOne(PauseAfterFault);
            }
        }

        _ended.SetResult();
    }

    private void Beat()
    {
        if (_beat is { IsCompleted: true } beat)
        {
            _beat = null;
            _hasFailed = !beat.Finish();
        }

        var untilFence = Fence(_held.Snapshot());
        var untilBeat = UntilBeat();
        if (_beat is null && untilBeat <= TimeSpan.Zero)
        {
            // Whoever asks from here on asks for the next one: only then it is looked who is held.
            (_isAsked, _isHinted, _isVaguelyHinted, _beatAt) = (false, false, false, Time.GetTimestamp());
            _beat = Heartbeat.Send(_leases, _held.Snapshot(), _options.LeaseDuration, Time, _logger);
            untilBeat = _pace;
        }

        Wait(_beat is not null ? untilFence : Shorter(untilFence, untilBeat));
    }

    // Asked: at once. Hinted: soon. Failed: sooner than usual.
    private TimeSpan UntilBeat()
    {
        if (_isAsked)
        {
            return TimeSpan.Zero;
        }

        var pace = _hasFailed ? _pace / 4 : _pace;
        pace = _isVaguelyHinted ? Shorter(pace, _vaguePace) : pace;
        pace = _isHinted ? Shorter(pace, ShortestHintedPause) : pace;
        return pace - Time.GetElapsedTime(_beatAt);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>Stops the handlers whose leases may end soon.</summary>
    /// <returns>How long until that holds for the next one.</returns>
    private TimeSpan Fence(RunningTask[] tasks)
    {
        var next = _hold;
        foreach (var task in tasks)
        {
            if (task.IsLost)
            {
                continue;
            }

            var left = _hold - Time.GetElapsedTime(task.RenewedAt);
            if (left <= TimeSpan.Zero)
            {
                task.Stop(TaskStopReason.LeaseLost);
                Log.LeaseFenced(_logger, task.Token.TaskId, task.Token.LeaseId);
            }
            else if (left < next)
            {
                next = left;
            }
        }

        return next;
    }

    private void Wait(TimeSpan longest)
    {
        // The system's timers fire on the thread pool, which may be starved: a wait of this thread's own is sure. Other clocks only have timers.
        var isSystem = Time == TimeProvider.System;
        using var timer = isSystem ? null : Time.CreateTimer(static wake => ((AutoResetEvent)wake!).Set(), _wake, longest, Timeout.InfiniteTimeSpan);
        var timeout = isSystem ? TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(longest.TotalMilliseconds), 1, int.MaxValue)) : Timeout.InfiniteTimeSpan;
        if (_beat is { } beat)
        {
            WaitHandle.WaitAny([_wake, beat.Completed], timeout);
        }
        else
        {
            _wake.WaitOne(timeout);
        }
    }
}
