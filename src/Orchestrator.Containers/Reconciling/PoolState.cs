using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Reconciling;

/// <summary>A pool as its loop knows it: the instances, what the engine told, and what is wanted. One thread at a time.</summary>
internal sealed class PoolState
{
    private const int NameAttempts = 100;

    private readonly PoolParts _parts;
    private readonly long _began;
    private readonly DateTimeOffset _beganAt;

    public PoolState(PoolParts parts)
    {
        _parts = parts;
        (_began, _beganAt) = (parts.Time.GetTimestamp(), parts.Time.GetUtcNow());
        Specification = new PoolSpecification(parts.Name, parts.Owner, parts.Options);
        Memory = new PoolMemory(this);
    }

    public PoolParts Parts => _parts;

    public ContainerPoolOptions Options => _parts.Options;

    public PoolLeases Leases => _parts.Leases;

    public PoolSpecification Specification { get; }

    public PoolMemory Memory { get; }

    public List<ManagedInstance> Instances { get; } = [];

    public PoolWork Work { get; } = new();

    /// <summary>The pool's clock: time since it began, which never goes back.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The time of the day for what measures durations: it runs on evenly when the machine's clock is set.</summary>
    public DateTimeOffset SteadyNow => _beganAt + Now;

    /// <summary>Grows with every call that begins or ends.</summary>
    public long Sequence { get; set; }

    /// <summary>Whether a full list has been seen, so that nothing runs that the pool does not know.</summary>
    public bool IsAdopted { get; set; }

    public bool IsListing { get; set; }

    public bool NeedsList { get; set; } = true;

    public TimeSpan NextListAt { get; set; }

    /// <summary>What was removed, and when in <see cref="Sequence"/>: older lists may still hold it.</summary>
    public Dictionary<string, long> Removed { get; } = new(StringComparer.Ordinal);

    /// <summary>Removals of unknown instances that go on.</summary>
    public HashSet<string> Orphans { get; } = new(StringComparer.Ordinal);

    public int Desired { get; set; }

    /// <summary>Whether all instances shall go, at once, and none shall come.</summary>
    public bool IsEmptied { get; set; }

    /// <summary>Why the engine does not answer; null when it does.</summary>
    public EngineFailure? EngineProblem { get; set; }

    /// <summary>Why the last start failed; null once one succeeded.</summary>
    public string? StartProblem { get; private set; }

    /// <summary>Starts that failed since one succeeded.</summary>
    public int FailedStarts { get; private set; }

    public DateTimeOffset LastFailedStart { get; private set; }

    /// <summary>When something becomes due that no message tells of.</summary>
    public TimeSpan NextWakeAt { get; private set; }

    /// <summary>A step begins.</summary>
    public void Tick() => (Now, NextWakeAt) = (_parts.Time.GetElapsedTime(_began), TimeSpan.MaxValue);

    public void WakeBy(TimeSpan at) => NextWakeAt = at > Now && at < NextWakeAt ? at : NextWakeAt;

    public void StartFailed(string reason)
    {
        (FailedStarts, StartProblem, LastFailedStart) = (FailedStarts + 1, reason, SteadyNow);
        Leases.SetFailure(FailedStarts >= Options.Scaling.FailedStarts ? reason : null);
    }

    /// <summary>An instance came up, or nothing is left that does not.</summary>
    public void StartSucceeded()
    {
        if (FailedStarts > 0)
        {
            (FailedStarts, StartProblem) = (0, null);
            Leases.SetFailure(null);
        }
    }

    public ManagedInstance? Find(string name) => Instances.Find(instance => instance.Name == name);

    /// <summary>Brings in an instance that the pool makes, or finds.</summary>
    public ManagedInstance Add(string name, bool isOutdated)
    {
        var shared = new PoolInstance(name, Options.SoftLimit ?? Options.HardLimit, Options.HardLimit);
        shared.Close(); // Until it serves.
        var instance = new ManagedInstance(shared, new InstanceHealth(Options, _parts.Random), new RestartBudget(Options.Restart, _parts.Random)) { IsOutdated = isOutdated };
        Instances.Add(instance);
        Memory.Meet(instance);
        return instance;
    }

    public ManagedInstance Add()
    {
        for (var attempt = 0; attempt < NameAttempts; attempt++)
        {
            var name = $"{_parts.Name}-{_parts.Random.Next():x8}";
            if (Find(name) is null)
            {
                var instance = Add(name, isOutdated: false);
                Move(instance, InstanceState.Creating, "it is to be made");
                return instance;
            }
        }

        throw new InvalidOperationException("The source of randomness gives the same number again and again.");
    }

    /// <summary>Moves an instance to another state, and keeps why. Nothing when it is there already. States that may not follow each other break the instance.</summary>
    public void Move(ManagedInstance instance, InstanceState to, string reason)
    {
        if (instance.State == to)
        {
            instance.Reason = reason;
        }
        else if (InstanceTransitions.IsAllowed(instance.State, to))
        {
            Enter(instance, to, reason);
        }
        else
        {
            Break(instance, new InvalidOperationException($"Instance {instance.Name} cannot go from {instance.State} to {to} ({reason})."));
        }
    }

    /// <summary>The pool itself does something wrong with an instance: that one fails and is made anew after a while; the others go on.</summary>
    public void Break(ManagedInstance instance, Exception error)
    {
        Log.StepBroke(_parts.Logger, error, _parts.Name);
        Replace(instance);
        (instance.IsForced, instance.NextActionAt) = (true, Now + Options.Restart.Delay);
        EndLeases(instance);
        if (instance.State != InstanceState.Failed)
        {
            Enter(instance, InstanceState.Failed, error.Message);
        }
    }

    private void Enter(ManagedInstance instance, InstanceState to, string reason)
    {
        var from = instance.State;
        instance.Reason = reason;
        instance.Shared.State = to;
        instance.ServingSince = InstanceTransitions.IsServing(to) ? instance.ServingSince ?? Now : null;
        Log.InstanceMoved(_parts.Logger, instance.Name, from, to, reason);
        _parts.History.Add(new ContainerTransition
        {
            Pool = _parts.Name,
            ContainerName = instance.Name,
            WorkerName = _parts.WorkerName,
            EngineId = instance.Shared.EngineId,
            From = from,
            To = to,
            Reason = reason,
            At = _parts.Time.GetUtcNow(),
        });
    }

    /// <summary>Keeps what a check found.</summary>
    public void Keep(ManagedInstance instance, ContainerCheckKind kind, bool passed, string message, TimeSpan duration = default) => _parts.History.Add(new ContainerHealthCheck
    {
        Pool = _parts.Name,
        ContainerName = instance.Name,
        WorkerName = _parts.WorkerName,
        Kind = kind,
        Passed = passed,
        Message = message,
        Duration = duration,
        At = _parts.Time.GetUtcNow(),
    });

    /// <summary>Ends the leases on an instance: from now on none can be taken or renewed.</summary>
    public void EndLeases(ManagedInstance instance) => Leases.Fail(instance.Shared);

    /// <summary>The engine has it.</summary>
    public void Attach(ManagedInstance instance, string engineId, ContainerState state)
    {
        (instance.Shared.EngineId, instance.EngineState, instance.IsCreationUncertain, instance.NextActionAt) = (engineId, state, false, TimeSpan.MinValue);
        Leases.Began(instance.Shared);
    }

    /// <summary>Begins a call about an instance.</summary>
    public void Begin(ManagedInstance instance, InstanceAction action)
    {
        (instance.Action, instance.Sequence) = (action.Kind, ++Sequence);
        Work.Actions.Add((instance, action));
    }

    /// <summary>Has an instance made anew under its name, or, when it is outdated, removed.</summary>
    public static void Replace(ManagedInstance instance) => instance.Intent = instance.Intent == InstanceIntent.Remove || instance.IsOutdated ? InstanceIntent.Remove : InstanceIntent.Restart;

    /// <summary>The engine has it no more.</summary>
    public void Forget(ManagedInstance instance)
    {
        if (instance.Shared.EngineId is { } id)
        {
            Removed[id] = ++Sequence;
        }

        Leases.Gone(instance.Shared);
        (instance.Shared.EngineId, instance.Shared.Endpoints) = (null, []);
        (instance.EngineState, instance.StartedAt, instance.NeedsInspection, instance.IsSuspect) = (ContainerState.Removed, null, false, false);
    }
}
