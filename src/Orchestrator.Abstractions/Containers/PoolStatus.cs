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
