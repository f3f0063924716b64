using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Leasing;

/// <summary>A clock that does something once, when it is next asked: what another thread might do at that moment.</summary>
internal sealed class HookedTime : TimeProvider
{
    private readonly ManualTimeProvider _inner = new();

    public Action? OnNextLook { get; set; }

    public Action? OnNextTimer { get; set; }

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override long GetTimestamp()
    {
        var hook = OnNextLook;
        OnNextLook = null;
        hook?.Invoke();
        return _inner.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var hook = OnNextTimer;
        OnNextTimer = null;
        hook?.Invoke();
        return _inner.CreateTimer(callback, state, dueTime, period);
    }
}
