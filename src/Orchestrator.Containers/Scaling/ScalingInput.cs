namespace Orchestrator.Containers.Scaling;

/// <summary>A pool at one moment, as far as its size depends on it.</summary>
internal readonly record struct ScalingInput
{
    /// <summary>For durations: the clock of the pool, which is never set.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>For the schedule: the machine's clock; <see cref="Now"/> when left out.</summary>
    public DateTimeOffset? Day { get; init; }

    /// <summary>Instances that are there or being started, without those that drain or stop: what the first decision begins with after a start of the orchestrator.</summary>
    public int Instances { get; init; }

    /// <summary>Those of them that serve at least one lease: the pool never shrinks below on its own.</summary>
    public int BusyInstances { get; init; }

    /// <summary>Leases that are held.</summary>
    public int Leases { get; init; }

    /// <summary>Callers in the waiting line.</summary>
    public int Waiting { get; init; }

    /// <summary>Work that waits elsewhere: the sum of all <see cref="IPoolDemand"/>.</summary>
    public int Demand { get; init; }

    /// <summary>Starts that failed in a row, without one that succeeded since.</summary>
    public int FailedStarts { get; init; }

    /// <summary>When the last of them failed.</summary>
    public DateTimeOffset LastFailedStart { get; init; }

    /// <summary>Whether today's budget is used up.</summary>
    public bool IsOverBudget { get; init; }
}
