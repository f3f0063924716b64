using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>Something that happened to an instance.</summary>
public sealed record ContainerEvent
{
    /// <summary>The engine's id of the instance.</summary>
    public required string Id { get; init => field = Require.Text(value); }

    /// <summary>The instance's name.</summary>
    public required string Name { get; init => field = Require.Text(value); }

    /// <summary>What happened.</summary>
    public required ContainerEventKind Kind { get; init; }

    /// <summary>When, by the engine's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The exit code, of <see cref="ContainerEventKind.Exited"/>.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>What can happen to an instance.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ContainerEventKind>))]
public enum ContainerEventKind
{
    /// <summary>An event that this version does not know.</summary>
    Unknown = 0,

    /// <summary>It runs.</summary>
    Started,

    /// <summary>Its program ended.</summary>
    Exited,

    /// <summary>The kernel killed a process of it for memory.</summary>
    OutOfMemory,

    /// <summary>It was frozen.</summary>
    Paused,

    /// <summary>It goes on.</summary>
    Resumed,

    /// <summary>The engine's own health check passes now.</summary>
    Healthy,

    /// <summary>The engine's own health check fails now.</summary>
    Unhealthy,

    /// <summary>It is gone.</summary>
    Removed,
}
