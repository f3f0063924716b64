using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers.Pools;

/// <summary>How an instance is kept that nobody needs yet.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ContainerWarmth>))]
public enum ContainerWarmth
{
    /// <summary>A value that this version does not know; refused at start.</summary>
    Unknown = 0,

    /// <summary>Started, then frozen: back within milliseconds, and holds its memory meanwhile.</summary>
    Paused,

    /// <summary>Made, not started: holds no memory, and starts sooner than one that must be made.</summary>
    Created,
}
