namespace Orchestrator.Containers.Cost;

/// <summary>How long an instance has been there, how long it served leases, and what share of that each lease had. All in units of the pool's clock.</summary>
/// <remarks>Not thread-safe: guarded by the lock of <see cref="Leasing.LeaseTable"/>.</remarks>
internal sealed class InstanceMeter
{
    private long _since;
    private long _existed;
    private long _busySince;
    private long _busy;
    private double _shared; // the integral of 1 ÷ leases over the time it was busy
    private long _sharedAt;
    private bool _exists;
    private int _leases;

    public int Leases => _leases;

    public void Began(long now)
    {
        if (!_exists)
        {
            (_exists, _since) = (true, now);
        }
    }

    public void Ended(long now)
    {
        if (_exists)
        {
            _exists = false;
            _existed += now - _since;
        }
    }

    /// <summary>A lease begins.</summary>
    /// <returns>What <see cref="Gave"/> needs to tell the lease's share.</returns>
    public double Took(long now)
    {
        Share(now);
        if (_leases++ == 0)
        {
            _busySince = now;
        }

        return _shared;
    }

    /// <summary>A lease ends.</summary>
    /// <returns>Its share of the instance's time: the whole while it was alone, half while there were two, and so on.</returns>
    public double Gave(long now, double took)
    {
        Share(now);
        if (--_leases == 0)
        {
            _busy += now - _busySince;
        }

        return _shared - took;
    }

    /// <summary>What <see cref="Gave"/> would tell now of a lease that goes on.</summary>
    public double ShareOf(long now, double took)
    {
        Share(now);
        return _shared - took;
    }

    public long Existed(long now) => _existed + (_exists ? now - _since : 0);

    /// <summary>The part of <see cref="Existed"/> in which it served at least one lease.</summary>
    public long Busy(long now) => _busy + (_leases > 0 ? now - _busySince : 0);

    /// <summary>Forgets what was; its pool has written it down.</summary>
    public void Reset() => (_existed, _busy) = (0, 0);

    private void Share(long now)
    {
        if (_leases > 0)
        {
            _shared += (double)(now - _sharedAt) / _leases;
        }

        _sharedAt = now;
    }
}
