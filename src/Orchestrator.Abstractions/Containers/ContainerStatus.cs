using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>An instance as the engine sees it.</summary>
public sealed record ContainerStatus
{
    /// <summary>The engine's id.</summary>
    public required string Id { get; init => field = Require.Text(value); }

    /// <summary>The name.</summary>
    public required string Name { get; init => field = Require.Text(value); }

    /// <summary>Where it stands.</summary>
    public required ContainerState State { get; init; }

    /// <summary>The exit code of an instance that has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the kernel killed it because it had used up its memory.</summary>
    public bool IsOutOfMemory { get; init; }

    /// <summary>When it was last started; <see langword="null"/> when never, or when the engine does not tell.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What the engine's own health check says, where the image has one: a hint beside the balancer's own probes.</summary>
    public ContainerHealth Health { get; init; }

    /// <summary>Where its ports can be reached; empty while it does not run.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<ContainerEndpoint>))]
    public ValueList<ContainerEndpoint> Endpoints { get; init => field = value ?? []; } = [];

    /// <summary>The labels.</summary>
    public ValueMap Labels { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;
}

/// <summary>Where an instance stands in its life.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ContainerState>))]
public enum ContainerState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Made, not started.</summary>
    Created,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Frozen.</summary>
    Paused,

    /// <summary>Ended.</summary>
    Exited,

    /// <summary>Gone.</summary>
    Removed,
}

/// <summary>Where a port of an instance can be reached.</summary>
/// <param name="Port">The port in the specification.</param>
/// <param name="Host">The address to connect to.</param>
/// <param name="HostPort">The port to connect to.</param>
public sealed record ContainerEndpoint(int Port, string Host, int HostPort);

/// <summary>What an engine's own health check says.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ContainerHealth>))]
public enum ContainerHealth
{
    /// <summary>There is no such check, or this version does not know its word.</summary>
    Unknown = 0,

    /// <summary>It has not passed yet.</summary>
    Starting,

    /// <summary>It passes.</summary>
    Healthy,

    /// <summary>It fails.</summary>
    Unhealthy,
}
