using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Reconciling;

/// <summary>When an instance may be started anew: after a delay that doubles, and only every longest delay once too many restarts fell into one window, until it was healthy for long enough.</summary>
internal sealed class RestartBudget(ContainerRestartOptions options, Random random)
{
    private readonly Queue<TimeSpan> _times = new();
    private int _inARow;
    private bool _isInLoop;

    /// <summary>Whether there is anything to forget.</summary>
    public bool IsUsed => _inARow > 0;

    /// <summary>Takes a restart.</summary>
    /// <param name="now">The pool's clock.</param>
    /// <returns>How long to wait for it, and whether the instance is in a crash loop.</returns>
    public (TimeSpan Delay, bool IsCrashLoop) Take(TimeSpan now)
    {
        while (_times.TryPeek(out var oldest) && now - oldest >= options.Window)
        {
            _times.Dequeue();
        }

        // Once in it, it stays there: with the longest delay its restarts would never be many enough again.
        _isInLoop |= _times.Count >= options.Budget;
        var delay = _isInLoop ? options.MaxDelay : Delay();
        _times.Enqueue(now);
        _inARow++;
        return (Jitter(delay), _isInLoop);
    }

    /// <summary>It was healthy for long enough.</summary>
    public void Reset()
    {
        _times.Clear();
        (_inARow, _isInLoop) = (0, false);
    }

    private TimeSpan Delay()
    {
        var delay = options.Delay;
        for (var doubled = 0; doubled < _inARow && delay < options.MaxDelay; doubled++)
        {
            delay += delay;
        }

        return delay < options.MaxDelay ? delay : options.MaxDelay;
    }

    private TimeSpan Jitter(TimeSpan delay) => delay * (1 + (options.Jitter * random.NextDouble()));
}
