using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Health;

/// <summary>What the outcomes of an instance's leases say: too large a share of failures within a window makes it unhealthy, for a while.</summary>
internal sealed class PassiveHealth(ContainerPassiveHealthOptions options)
{
    private readonly Queue<(TimeSpan At, long Succeeded, long Failed)> _outcomes = new();
    private long _succeeded; // of the instance, when last looked
    private long _failed;
    private long _succeededInWindow;
    private long _failedInWindow;
    private TimeSpan _unhealthyUntil = TimeSpan.MinValue;

    /// <summary>Looks at the counters.</summary>
    /// <returns>Whether the instance may have leases.</returns>
    public bool Judge(TimeSpan now, long succeeded, long failed)
    {
        Count(now, succeeded - _succeeded, failed - _failed);
        (_succeeded, _failed) = (succeeded, failed);
        var ended = _succeededInWindow + _failedInWindow;
        if (ended >= options.MinimumOutcomes && _failedInWindow >= options.FailureShare * ended)
        {
            _unhealthyUntil = now + options.Recovery;
            Forget();
        }

        return now >= _unhealthyUntil;
    }

    /// <summary>Begins anew with a new run of the instance.</summary>
    public void Reset(long succeeded, long failed)
    {
        (_succeeded, _failed, _unhealthyUntil) = (succeeded, failed, TimeSpan.MinValue);
        Forget();
    }

    private void Count(TimeSpan now, long succeeded, long failed)
    {
        if (succeeded + failed > 0)
        {
            _outcomes.Enqueue((now, succeeded, failed));
            (_succeededInWindow, _failedInWindow) = (_succeededInWindow + succeeded, _failedInWindow + failed);
        }

        while (_outcomes.TryPeek(out var oldest) && now - oldest.At >= options.Window)
        {
            _outcomes.Dequeue();
            (_succeededInWindow, _failedInWindow) = (_succeededInWindow - oldest.Succeeded, _failedInWindow - oldest.Failed);
        }
    }

    private void Forget()
    {
        _outcomes.Clear();
        (_succeededInWindow, _failedInWindow) = (0, 0);
    }
}
