using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>A pool as it is now.</summary>
public sealed record PoolStatus
{
    /// <summary>The pool.</summary>
    public required string Pool { get; init => field = Require.Name(value); }

    /// <summary>How many instances it shall have.</summary>
    public int Desired { get; init; }

    /// <summary>Its instances.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<InstanceStatus>))]
    public ValueList<InstanceStatus> Instances { get; init => field = value ?? []; } = [];

    /// <summary>Callers that wait for a slot.</summary>
    public int Waiting { get; init; }

    /// <summary>
    /// What the pool's instances have cost while a host with this worker's name kept them, in USD: what earlier hosts kept of it is counted in, once it is read. 0 for pools without a rate.
    /// </summary>
    public decimal CostUsd { get; init; }

    /// <summary>The part of <see cref="CostUsd"/> in which instances served no lease.</summary>
    public decimal IdleCostUsd { get; init; }

    /// <summary>Why the pool is not what it should be; <see langword="null"/> when all is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>An instance of a pool as it is now.</summary>
public sealed record InstanceStatus
{
    /// <summary>The instance's name.</summary>
    public required string Name { get; init => field = Require.Name(value); }

    /// <summary>Where it stands.</summary>
    public required InstanceState State { get; init; }

    /// <summary>Leases that it serves.</summary>
    public int Leases { get; init; }

    /// <summary>How often it was restarted.</summary>
    public int Restarts { get; init; }

    /// <summary>The engine's id; <see langword="null"/> while it is being made.</summary>
    public string? EngineId { get; init; }

    /// <summary>How large a share of the leases it gets beside the others, as <see cref="IContainerBalancer.SetWeightAsync"/> set it.</summary>
    /// <value>1 by default; above 0.</value>
    public double Weight { get; init => field = value is > 0 and < double.PositiveInfinity ? value : 1; } = 1; // a host that tells none has none

    /// <summary>When its program was last started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Why it stands where it stands; <see langword="null"/> when there is nothing to say.</summary>
    public string? Reason { get; init; }
}

/// <summary>Where an instance of a pool stands.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<InstanceState>))]
public enum InstanceState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Being made.</summary>
    Creating,

    /// <summary>Started, not yet answering.</summary>
    Starting,

    /// <summary>Answering, getting less than its share.</summary>
    WarmingUp,

    /// <summary>Takes leases.</summary>
    Ready,

    /// <summary>All slots are leased.</summary>
    Busy,

    /// <summary>Fails its health checks.</summary>
    Unhealthy,

    /// <summary>Takes no new leases.</summary>
    Draining,

    /// <summary>Being stopped.</summary>
    Stopping,

    /// <summary>Has ended.</summary>
    Stopped,

    /// <summary>Ends again and again soon after its start.</summary>
    CrashLoop,

    /// <summary>Given up.</summary>
    Failed,
}
