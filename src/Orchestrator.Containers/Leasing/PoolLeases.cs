using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Cost;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Leasing;

/// <summary>The leases of one pool: chooses instances, keeps callers waiting in a fair line, ends what expires.</summary>
/// <remarks>
/// Thread-safe. A lease that can be had at once costs two short locks and no wait. Slots are given back only by whoever took the lease out of the table, so each is given back exactly once.
/// While somebody waits, newcomers go to the end of the line.
/// </remarks>
internal sealed class PoolLeases : IContainerLeaseOwner, IDisposable
{
    private const string TimedOutMessage = "No slot became free in time.";
    private const string DisposedMessage = "The balancer is stopping.";
    private const int Tries = 3;
    private const int TokenBits = 20; // a million leases a millisecond, until the year 2248
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30); // timers end at 49 days

    private readonly string _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InstanceSelector _selector;
    private readonly WaitingLine _line;
    private readonly LeaseTable _table;
    private readonly PoolRate _rate;
    private readonly long _slowStart;
    private readonly int _maxWaiting;
    private readonly ITimer _expiry;
    private readonly Lock _publishing = new(); // guards the change from one snapshot to the next
    private readonly Lock _arming = new(); // the timer is set to what the table said last
    private PoolSnapshot _snapshot = PoolSnapshot.Empty;
    private string? _failure;
    private volatile bool _isDisposed;
    private int _turnedAway; // 1 when a caller that does not wait was turned away since the last question

    public PoolLeases(string pool, ContainerPoolOptions options, IEnumerable<IInstanceSelectionPolicy> policies, TimeProvider time, ulong seed, ILogger logger)
    {
        var kind = SelectionPolicies.KindOf(options.Policy);
        var added = kind == SelectionKind.Added ? policies.First(policy => policy.Name.Equals(options.Policy, StringComparison.OrdinalIgnoreCase)) : null;
        (_pool, _time, _logger) = (pool, time, logger);
        _selector = new InstanceSelector(kind, added, time, seed, logger);
        _line = new WaitingLine(options.MaxWaiting);
        _maxWaiting = options.MaxWaiting;
        _rate = new PoolRate(options.CostPerHourUsd, time);
        _table = new LeaseTable(pool, this, _rate, time.GetUtcNow().ToUnixTimeMilliseconds() << TokenBits);
        _slowStart = Units(options.SlowStart);
        _expiry = time.CreateTimer(static state => ((PoolLeases)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Callers that wait for a slot.</summary>
    public int Waiting => _line.Count;

    /// <summary>Whether callers that nobody counts among the waiting were turned away since this was last asked, though only one more instance would have served them: a pool without any has to learn of them.</summary>
    public bool TakeTurnedAway() => Interlocked.Exchange(ref _turnedAway, 0) != 0;

    /// <summary>Leases that are held.</summary>
    public int Held => _table.Count;

    /// <summary>Whether leases are given on unhealthy instances too, as too few are healthy.</summary>
    public bool IsPanic => Volatile.Read(ref _snapshot).IsPanic;

    /// <summary>The instance whose lease has neither begun nor been renewed for the longest, and for how long; null and zero when no lease is held.</summary>
    public (PoolInstance? Instance, TimeSpan For) OldestWithoutProgress
    {
        get
        {
            var (instance, since) = _table.Quietest();
            return instance is null ? default : (instance, _time.GetElapsedTime(since));
        }
    }

    /// <summary>What the pool has cost until now.</summary>
    public PoolCost Cost => _rate.CostOf(_table.TimeOfInstances(_time.GetTimestamp()));

    /// <summary>What the ended leases of a task have cost, in USD: their instances' time, shared with the leases beside them. Kept for the 10,000 newest tasks.</summary>
    public decimal CostOfTask(string taskId) => _rate.Usd(_table.TimeOfTask(taskId));

    /// <summary>What a lease that goes on has cost until now, in USD.</summary>
    public decimal CostOf(ContainerLease lease) => _table.CostOf(lease.Token, _time.GetTimestamp());

    /// <summary>Says which instances leases may point at from now on. When it returns, no other instance gets a new lease; those it has stay.</summary>
    /// <param name="ready">All of them, open or closed: they are opened. Publish again when a weight, or when an instance became ready, has changed.</param>
    /// <param name="panic">Whether unhealthy instances are among them because too few are healthy.</param>
    public void Publish(ReadOnlySpan<PoolInstance> ready, bool panic)
    {
        lock (_publishing)
        {
            var next = new PoolSnapshot(ready, panic, _slowStart);
            foreach (var instance in _snapshot.Instances)
            {
                if (!ready.Contains(instance))
                {
                    instance.Close();
                }
            }

            foreach (var instance in next.Instances)
            {
                instance.Open();
            }

            Volatile.Write(ref _snapshot, next);
        }

        ServeWaiting();
    }

    /// <summary>Asks for a slot.</summary>
    public ValueTask<ContainerAcquisition> AcquireAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ContainerAcquisition>(cancellationToken);
        }

        return _line.Count == 0 && TryLease(request) is { } lease
            ? new ValueTask<ContainerAcquisition>(new ContainerAcquisition(AcquisitionStatus.Acquired, Observed(lease, request, ContainerActivity.Asking)))
            : WaitAsync(request, cancellationToken);
    }

    /// <summary>Prolongs a lease and tells of its progress.</summary>
    public ValueTask<bool> RenewAsync(ContainerLease lease, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken) : new ValueTask<bool>(_table.Renew(lease.Token, _time.GetTimestamp()));

    /// <summary>Gives a slot back. A lease that was lost has none any more.</summary>
    public ValueTask ReleaseAsync(ContainerLease lease, bool succeeded)
    {
        if (_table.End(lease.Token, _time.GetTimestamp(), out var held))
        {
            held.Instance.Count(succeeded);
            held.Instance.Give();
            if (_line.Count > 0)
            {
                ServeWaiting();
            }

            ContainerActivity.End(held.Activity, LeaseEnd.Released, succeeded);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The instance is dead or will be ended: it gets no leases, and those it has are lost (renewing one answers false).</summary>
    /// <returns>How many were lost.</returns>
    public int Fail(PoolInstance instance)
    {
        instance.Close();
        var ended = _table.EndAll(instance, _time.GetTimestamp());
        foreach (var _ in ended)
        {
            instance.Give();
        }

        foreach (var held in ended)
        {
            ContainerActivity.End(held.Activity, LeaseEnd.Lost, succeeded: false);
        }

        if (ended.Count > 0)
        {
            Log.LeasesEnded(_logger, _pool, instance.Name, ended.Count);
        }

        return ended.Count;
    }

    /// <summary>The pool cannot start instances: while it has none that takes leases, callers are told so instead of waiting.</summary>
    /// <param name="message">Why; null when it can again.</param>
    public void SetFailure(string? message)
    {
        Volatile.Write(ref _failure, message);
        if (message is not null && Volatile.Read(ref _snapshot).Instances.Length == 0)
        {
            EndWaiting(new ContainerAcquisition(AcquisitionStatus.PoolFailed, Message: message));
        }
    }

    /// <summary>The engine has the instance: from now on it costs.</summary>
    public void Began(PoolInstance instance) => _table.MeterBegan(instance, _time.GetTimestamp());

    /// <summary>The engine has it no longer: it costs no more, and its leases are lost.</summary>
    public void Gone(PoolInstance instance)
    {
        Fail(instance);
        _table.MeterEnded(instance, _time.GetTimestamp());
    }

    /// <summary>Ends the waiting of all; leases that are held stay valid until they are released.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _expiry.Dispose();
        Publish([], panic: false);
        EndWaiting(new ContainerAcquisition(AcquisitionStatus.PoolFailed, Message: DisposedMessage));
    }

    private ContainerLease? TryLease(ContainerRequest request)
    {
        while (TryTake(request) is { } instance)
        {
            var (lease, isNextToExpire) = _table.Begin(instance, _time.GetTimestamp(), Units(request.Duration), request.TaskId);
            if (lease is not null)
            {
                if (isNextToExpire)
                {
                    Expire();
                }

                return lease;
            }

            instance.Give(); // closed since: nobody else could have had it
        }

        return null;
    }

    /// <summary>Gives a lease that is handed out its span, if somebody listens.</summary>
    private ContainerLease Observed(ContainerLease lease, ContainerRequest request, Activity? asking)
    {
        if (ContainerActivity.IsListenedTo && ContainerActivity.Hold(lease, request.TaskId, asking) is { } activity && !_table.Observe(lease.Token, activity))
        {
            ContainerActivity.End(activity, LeaseEnd.Lost, succeeded: false); // whoever ended it meanwhile saw none
        }

        return lease;
    }

    private PoolInstance? TryTake(ContainerRequest request)
    {
        var snapshot = Volatile.Read(ref _snapshot);
        for (var tried = 0; tried < Tries; tried++)
        {
            var chosen = _selector.Select(snapshot, request);
            if (chosen < 0)
            {
                return null;
            }

            if (snapshot.Instances[chosen].TryTake())
            {
                return snapshot.Instances[chosen];
            }
        }

        // Others were faster each time: any slot will do.
        return Array.Find(snapshot.Instances, instance => instance.TryTake());
    }

    private ValueTask<ContainerAcquisition> WaitAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        if (Refusal(request) is { } refusal)
        {
            TurnAway(request);
            return new ValueTask<ContainerAcquisition>(refusal);
        }

        var waiter = new Waiter(request);
        if (!_line.TryAdd(waiter))
        {
            TurnAway(request);
            return new ValueTask<ContainerAcquisition>(new ContainerAcquisition(AcquisitionStatus.Rejected, Message: $"{_maxWaiting} callers wait for pool {_pool} already."));
        }

        var deadline = request.Timeout < Longest ? request.Timeout : Longest;
        var timer = _time.CreateTimer(_ => End(waiter, new ContainerAcquisition(AcquisitionStatus.TimedOut, Message: TimedOutMessage)), null, deadline, Timeout.InfiniteTimeSpan);
        waiter.Keep(timer, cancellationToken.UnsafeRegister((_, token) => Cancel(waiter, token), null));

        // What changed between the look at the slots and the place in the line was told to a line without this caller: look again.
        ServeWaiting();
        if (Refusal(request) is { } late)
        {
            End(waiter, late);
        }

        return new ValueTask<ContainerAcquisition>(waiter.Task);
    }

    private void TurnAway(ContainerRequest request)
    {
        if (_maxWaiting == 0 || (request.Timeout == TimeSpan.Zero && Volatile.Read(ref _snapshot).Instances.Length == 0))
        {
            Volatile.Write(ref _turnedAway, 1);
        }
    }

    private ContainerAcquisition? Refusal(ContainerRequest request)
    {
        if (_isDisposed)
        {
            return new ContainerAcquisition(AcquisitionStatus.PoolFailed, Message: DisposedMessage);
        }

        if (Volatile.Read(ref _failure) is { } failure && Volatile.Read(ref _snapshot).Instances.Length == 0)
        {
            return new ContainerAcquisition(AcquisitionStatus.PoolFailed, Message: failure);
        }

        return request.Timeout == TimeSpan.Zero ? new ContainerAcquisition(AcquisitionStatus.TimedOut, Message: TimedOutMessage) : null;
    }

    /// <summary>Gives slots to those that wait, in their order, until either ends.</summary>
    private void ServeWaiting()
    {
        while (_line.Count > 0 && _line.First() is { } waiter && TryLease(waiter.Request) is { } lease)
        {
            if (_line.TryTakeFirst(waiter))
            {
                try
                {
                    Observed(lease, waiter.Request, waiter.Asking); // listeners are somebody else's code
                }
                finally
                {
                    waiter.Complete(new ContainerAcquisition(AcquisitionStatus.Acquired, lease));
                }
            }
            else if (_table.End(lease.Token, _time.GetTimestamp(), out var held))
            {
                held.Instance.Give(); // it was served by another, or gave up
            }
        }
    }

    private void End(Waiter waiter, in ContainerAcquisition result)
    {
        if (_line.TryTake(waiter))
        {
            waiter.Complete(result);
        }
    }

    private void Cancel(Waiter waiter, CancellationToken cancellationToken)
    {
        if (_line.TryTake(waiter))
        {
            waiter.Cancel(cancellationToken);
        }
    }

    private void EndWaiting(in ContainerAcquisition result)
    {
        foreach (var waiter in _line.TakeAll())
        {
            waiter.Complete(result);
        }
    }

    private void Expire()
    {
        if (_isDisposed)
        {
            return;
        }

        var expired = new List<HeldLease>();
        lock (_arming)
        {
            var now = _time.GetTimestamp();
            var next = _table.Expire(now, expired);
            _expiry.Change(next == long.MaxValue ? Timeout.InfiniteTimeSpan : Due(now, next), Timeout.InfiniteTimeSpan);
        }

        foreach (var held in expired)
        {
            Log.LeaseExpired(_logger, _pool, held.Instance.Name, held.Lease.Token);
            held.Instance.CountExpired();
            held.Instance.Give();
        }

        if (expired.Count > 0)
        {
            ServeWaiting();
            expired.ForEach(static held => ContainerActivity.End(held.Activity, LeaseEnd.Expired, succeeded: false));
        }
    }

    /// <summary>Rounded up, as a timer that comes too soon would come again and again.</summary>
    private TimeSpan Due(long now, long at) =>
        TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(_time.GetElapsedTime(now, at).TotalMilliseconds), 1, Longest.TotalMilliseconds));

    private long Units(TimeSpan time) => (long)((time < TimeSpan.FromDays(365) ? time : TimeSpan.FromDays(365)).TotalSeconds * _time.TimestampFrequency);
}
