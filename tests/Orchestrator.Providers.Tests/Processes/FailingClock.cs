namespace Orchestrator.Providers.Processes;

/// <summary>The system's clock, which sets a number of timers and refuses all others, as the system's does with times that are too long.</summary>
internal sealed class FailingClock(int timers) : TimeProvider
{
    private int _left = timers;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        Interlocked.Decrement(ref _left) >= 0 ? base.CreateTimer(callback, state, dueTime, period) : throw new ArgumentOutOfRangeException(nameof(dueTime));
}
