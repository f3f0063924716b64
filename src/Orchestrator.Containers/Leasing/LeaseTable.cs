using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orchestrator.Containers.Cost;

namespace Orchestrator.Containers.Leasing;

/// <summary>The leases of a pool that are held now, by fencing token, and the time its instances have cost.</summary>
/// <param name="pool">The pool's name.</param>
/// <param name="owner">What leases ask.</param>
/// <param name="rate">What time costs.</param>
/// <param name="lastToken">Fencing tokens begin after this one: above all that an earlier process gave, as long as its start is by the clock.</param>
/// <remarks>Thread-safe. Knows no clock, gives no slots back and ends no spans: its callers do, outside of its lock. Whoever takes a lease out settles what it cost.</remarks>
internal sealed class LeaseTable(string pool, IContainerLeaseOwner owner, PoolRate rate, long lastToken)
{
    private const int RememberedTasks = 10_000;

    private readonly Lock _gate = new(); // guards every field below and the meters of all instances
    private readonly Dictionary<long, HeldLease> _held = [];
    private readonly List<PoolInstance> _metered = [];
    private readonly TaskCosts _tasks = new(RememberedTasks);
    private InstanceTime _gone;
    private long _lastToken = lastToken;
    private long _nextExpiry = long.MaxValue;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Writes down a lease whose slot was taken.</summary>
    /// <returns>The lease, and whether it expires before all others; none when the instance has been closed since.</returns>
    public (ContainerLease? Lease, bool IsNextToExpire) Begin(PoolInstance instance, long now, long duration, string? taskId)
    {
        lock (_gate)
        {
            if (!instance.IsOpen)
            {
                return default;
            }

            instance.LastProgressAt = now;
            var expiresAt = now + duration;
            var lease = new ContainerLease(pool, instance.Name, instance.EngineId ?? instance.Name, ++_lastToken, owner);
            _held.Add(_lastToken, new HeldLease(lease, instance, duration, expiresAt, now, instance.Meter.Took(now), taskId));
            var isNext = expiresAt < _nextExpiry;
            _nextExpiry = isNext ? expiresAt : _nextExpiry;
            return (lease, isNext);
        }
    }

    /// <summary>Gives a lease its span.</summary>
    /// <returns>Whether it still holds; when not, nobody will end the span.</returns>
    public bool Observe(long token, Activity activity)
    {
        lock (_gate)
        {
            ref var lease = ref CollectionsMarshal.GetValueRefOrNullRef(_held, token);
            if (Unsafe.IsNullRef(ref lease))
            {
                return false;
            }

            lease.Activity = activity;
            return true;
        }
    }

    /// <summary>What a lease has cost until now; 0 for one that has ended, which says so itself.</summary>
    public decimal CostOf(long token, long now)
    {
        lock (_gate)
        {
            return _held.TryGetValue(token, out var lease) ? rate.Usd(Math.Max(0, lease.Instance.Meter.ShareOf(now, lease.Share))) : 0;
        }
    }

    /// <returns>Whether it still held.</returns>
    public bool Renew(long token, long now)
    {
        lock (_gate)
        {
            ref var lease = ref CollectionsMarshal.GetValueRefOrNullRef(_held, token);
            if (Unsafe.IsNullRef(ref lease) || lease.ExpiresAt <= now)
            {
                return false;
            }

            lease.ExpiresAt = now + lease.Duration;
            lease.ProgressAt = now;
            lease.Instance.LastProgressAt = now;
            return true;
        }
    }

    /// <returns>Whether it was still there; the caller gives the slot back.</returns>
    public bool End(long token, long now, out HeldLease lease)
    {
        lock (_gate)
        {
            if (!_held.Remove(token, out lease))
            {
                return false;
            }

            Account(lease, now);
            lease.Instance.LastProgressAt = now;
            return true;
        }
    }

    /// <summary>Ends all leases on an instance.</summary>
    /// <returns>What ended; the caller gives the slots back.</returns>
    public IReadOnlyList<HeldLease> EndAll(PoolInstance instance, long now)
    {
        lock (_gate)
        {
            var ended = _held.Values.Where(lease => ReferenceEquals(lease.Instance, instance)).ToList();
            foreach (var lease in ended)
            {
                _held.Remove(lease.Lease.Token);
                Account(lease, now);
            }

            return ended;
        }
    }

    /// <summary>Ends what has expired.</summary>
    /// <param name="now">The time.</param>
    /// <param name="expired">What ended; the caller gives the slots back.</param>
    /// <returns>When the next lease expires; <see cref="long.MaxValue"/> when there is none.</returns>
    public long Expire(long now, List<HeldLease> expired)
    {
        lock (_gate)
        {
            _nextExpiry = long.MaxValue;
            foreach (var lease in _held.Values)
            {
                if (lease.ExpiresAt <= now)
                {
                    expired.Add(lease);
                    Account(lease, now);
                }
                else
                {
                    _nextExpiry = Math.Min(_nextExpiry, lease.ExpiresAt);
                }
            }

            foreach (var lease in expired)
            {
                _held.Remove(lease.Lease.Token);
            }

            return _nextExpiry;
        }
    }

    /// <summary>The instance with the lease that has neither begun nor been renewed for the longest, and since when.</summary>
    public (PoolInstance? Instance, long Since) Quietest()
    {
        lock (_gate)
        {
            (PoolInstance? Instance, long Since) quietest = (null, long.MaxValue);
            foreach (var lease in _held.Values)
            {
                quietest = lease.ProgressAt < quietest.Since ? (lease.Instance, lease.ProgressAt) : quietest;
            }

            return quietest;
        }
    }

    public void MeterBegan(PoolInstance instance, long now)
    {
        lock (_gate)
        {
            instance.Meter.Began(now);
            if (!_metered.Contains(instance))
            {
                _metered.Add(instance);
            }
        }
    }

    /// <summary>The instance is gone from the engine: its time is kept, the instance forgotten.</summary>
    public void MeterEnded(PoolInstance instance, long now)
    {
        lock (_gate)
        {
            instance.Meter.Ended(now);
            if (_metered.Remove(instance))
            {
                _gone = new InstanceTime(_gone.Total + instance.Meter.Existed(now), _gone.Busy + instance.Meter.Busy(now));
                instance.Meter.Reset();
            }
        }
    }

    public InstanceTime TimeOfInstances(long now)
    {
        lock (_gate)
        {
            var time = _gone;
            foreach (var instance in _metered)
            {
                time = new InstanceTime(time.Total + instance.Meter.Existed(now), time.Busy + instance.Meter.Busy(now));
            }

            return time;
        }
    }

    /// <summary>The share of instance time that the ended leases of a task had.</summary>
    public double TimeOfTask(string taskId)
    {
        lock (_gate)
        {
            return _tasks.Of(taskId);
        }
    }

    private void Account(in HeldLease lease, long now)
    {
        var share = Math.Max(0, lease.Instance.Meter.Gave(now, lease.Share)); // callers may come with times in another order
        lease.Lease.Settle(rate.Usd(share));
        if (lease.TaskId is { } taskId)
        {
            _tasks.Add(taskId, share);
        }
    }
}
