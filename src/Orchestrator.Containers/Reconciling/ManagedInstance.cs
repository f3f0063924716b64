using Orchestrator.Containers.Health;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What the pool's loop knows and wants of one instance. Only the loop touches it; <see cref="Shared"/> is what others see.</summary>
internal sealed class ManagedInstance(PoolInstance shared, InstanceHealth health, RestartBudget restarts)
{
    public PoolInstance Shared => shared;

    public InstanceHealth Health => health;

    public RestartBudget Restarts => restarts;

    public string Name => shared.Name;

    public InstanceState State => shared.State;

    /// <summary>What shall become of it.</summary>
    public InstanceIntent Intent { get; set; }

    /// <summary>Whether it waits to be woken, instead of serving.</summary>
    public bool IsWarm { get; set; }

    /// <summary>Whether a person asked for its replacement: it does not count against the budget of restarts.</summary>
    public bool IsAskedFor { get; set; }

    /// <summary>Whether it was told to have ended, and gets no leases until a look at the engine settles it.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>Whether it goes without waiting for its leases, and without a grace.</summary>
    public bool IsForced { get; set; }

    /// <summary>Whether somebody set its weight since the start: what was kept before does not count any more.</summary>
    public bool IsWeighed { get; set; }

    /// <summary>Whether it was made from an older specification of the pool.</summary>
    public bool IsOutdated { get; init; }

    /// <summary>Why it stands where it stands.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Where it stood in the engine when last heard of; <see cref="ContainerState.Removed"/> when there is nothing.</summary>
    public ContainerState EngineState { get; set; } = ContainerState.Removed;

    /// <summary>The call that goes on about it; null when none does.</summary>
    public InstanceActionKind? Action { get; set; }

    /// <summary>The pool's count when its last call began or ended: a list that was asked for earlier knows nothing of it.</summary>
    public long Sequence { get; set; }

    /// <summary>No call before then.</summary>
    public TimeSpan NextActionAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Calls that failed in a row.</summary>
    public int ActionFailures { get; set; }

    /// <summary>Something was told or seen that only a look at the engine settles.</summary>
    public bool NeedsInspection { get; set; }

    /// <summary>Making it failed in a way that leaves open whether it was made: a list has to tell.</summary>
    public bool IsCreationUncertain { get; set; }

    /// <summary>When its program was last started, by the engine's clock.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When making or waking it began, for the metric; null when that is over.</summary>
    public TimeSpan? ComingUpSince { get; set; }

    public TimeSpan? DrainingSince { get; set; }

    public TimeSpan? ServingSince { get; set; }

    /// <summary>Expired leases that were dealt with.</summary>
    public long ExpiredSeen { get; set; }

    public int RestartCount { get; set; }

    /// <summary>Whether it counts as one of the pool's instances, now or once it is back.</summary>
    public bool IsKept => Intent != InstanceIntent.Remove && !IsWarm;

    /// <summary>Whether the engine has it, as far as is known.</summary>
    public bool Exists => shared.EngineId is not null;
}

/// <summary>What shall become of an instance.</summary>
internal enum InstanceIntent
{
    /// <summary>It shall serve.</summary>
    Run,

    /// <summary>It shall be replaced under its name.</summary>
    Restart,

    /// <summary>It shall go.</summary>
    Remove,
}
