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
