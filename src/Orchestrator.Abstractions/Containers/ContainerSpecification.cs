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

    /// <summary>The network to join; <see langword="null"/> for none at all, and then no port can be reached.</summary>
    public string? Network { get; init; }

    /// <summary>The TCP ports that the program listens on. The engine makes each reachable from this machine and tells where in <see cref="ContainerStatus.Endpoints"/>.</summary>
    /// <remarks>The process engine has no ports of its own per instance: it chooses a free one and hands it over as the variable <c>PORT_n</c> (<c>PORT</c> for the first).</remarks>
    [JsonConverter(typeof(ValueListJsonConverter<int>))]
    public ValueList<int> Ports { get; init => field = value ?? []; } = [];

    /// <summary>The user and group to run as, <c>uid:gid</c>; <see langword="null"/> for the image's own. The process engine ignores it.</summary>
    public string? User { get; init; }

    /// <summary>The directory to start in; <see langword="null"/> for the image's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether all but <see cref="Mounts"/> and <see cref="Tmpfs"/> may only be read. The process engine ignores it.</summary>
    /// <value>True by default.</value>
    public bool IsReadOnly { get; init; } = true;

    /// <summary>Directories in memory that the instance may write. The process engine ignores them.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<ContainerTmpfs>))]
    public ValueList<ContainerTmpfs> Tmpfs { get; init => field = value ?? []; } = [];

    /// <summary>Linux capabilities that the instance keeps, such as <c>NET_BIND_SERVICE</c>; all others are dropped, and gaining privileges is always forbidden. The process engine ignores them.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Capabilities { get; init => field = value ?? []; } = [];
}

/// <summary>A directory in memory that an instance may write.</summary>
/// <param name="Target">The absolute path in the instance.</param>
/// <param name="MaxBytes">Bytes it may hold.</param>
public sealed record ContainerTmpfs(string Target, long MaxBytes);

/// <summary>A directory of the host that an instance sees.</summary>
/// <param name="Source">The absolute path on the host.</param>
/// <param name="Target">The absolute path in the instance.</param>
/// <param name="ReadOnly">Whether it may only be read.</param>
public sealed record ContainerMount(string Source, string Target, bool ReadOnly = true);
