using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>What an instance is made of. Holds no secrets: they go to the process that needs them, at exec time.</summary>
public sealed record ContainerSpecification
{
    /// <summary>The instance's name.</summary>
    public required string Name { get; init => field = Require.Name(value); }

    /// <summary>The image; of the process engine, ignored.</summary>
    public required string Image { get; init => field = Require.Text(value, 500); }

    /// <summary>The program and arguments; <see langword="null"/> for the image's own.</summary>
    public CommandLine? Command { get; init; }

    /// <summary>Environment variables that are no secrets.</summary>
    public ValueMap Environment { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;

    /// <summary>Labels, by which a restarted orchestrator finds its own.</summary>
    public ValueMap Labels { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;

    /// <summary>Directories of the host that the instance sees.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<ContainerMount>))]
    public ValueList<ContainerMount> Mounts { get; init => field = value ?? []; } = [];

    /// <summary>Bytes of memory; <see langword="null"/> for the engine's default.</summary>
    public long? MemoryBytes { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>Processor cores; <see langword="null"/> for the engine's default.</summary>
    public double? Cpus { get; init => field = Require.OptionalAtLeast(value, 0.01); }

    /// <summary>Processes and threads at most; <see langword="null"/> for the engine's default.</summary>
    public int? MaxProcesses { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>The network to join; <see langword="null"/> for none at all.</summary>
    public string? Network { get; init; }
}

/// <summary>A directory of the host that an instance sees.</summary>
/// <param name="Source">The absolute path on the host.</param>
/// <param name="Target">The absolute path in the instance.</param>
/// <param name="ReadOnly">Whether it may only be read.</param>
public sealed record ContainerMount(string Source, string Target, bool ReadOnly = true);
