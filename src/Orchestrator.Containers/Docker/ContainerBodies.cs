using System.Globalization;
using Orchestrator.Containers.Docker.Wire;

namespace Orchestrator.Containers.Docker;

/// <summary>Makes what an instance is created with from its specification: nothing that is not asked for is allowed.</summary>
internal static class ContainerBodies
{
    private const string NoNetwork = "none";
    private const long Kibibyte = 1024;
    private const double NanoCpus = 1e9;

    public static ContainerBody From(ContainerSpecification specification, DockerEngineOptions options) => new()
    {
        Image = specification.Image,
        Entrypoint = specification.Command is { } program ? [program.Executable] : null,
        Cmd = specification.Command is { } command ? [.. command.Arguments] : null,
        Env = Variables(specification.Environment),
        Labels = specification.Labels.ToDictionary(),
        User = specification.User,
        WorkingDir = specification.WorkingDirectory,
        ExposedPorts = specification.Ports.ToDictionary(Port, static _ => new ContainerBody.Empty()),
        HostConfig = new ContainerBody.HostPart
        {
            NetworkMode = specification.Network ?? NoNetwork,
            Mounts = [.. specification.Mounts.Select(mount => new ContainerBody.MountPart(mount.Source, mount.Target, mount.ReadOnly))],
            Tmpfs = specification.Tmpfs.ToDictionary(one => one.Target, Tmpfs),
            PortBindings = specification.Ports.ToDictionary(Port, _ => new[] { new ContainerBody.BindingPart(options.PublishAddress, "") }),
            ReadonlyRootfs = specification.IsReadOnly,
            CapAdd = [.. specification.Capabilities],
            Memory = specification.MemoryBytes,
            MemorySwap = specification.MemoryBytes, // No swap beyond the memory.
            NanoCpus = specification.Cpus is { } cpus ? (long)(cpus * NanoCpus) : null,
            PidsLimit = specification.MaxProcesses,
            LogConfig = Log(options),
        },
    };

    /// <summary>Variables as the engine takes them.</summary>
    /// <exception cref="ArgumentException">A name is empty or holds <c>=</c>, or something holds a NUL.</exception>
    public static string[] Variables(IEnumerable<KeyValuePair<string, string>> variables) => [.. variables.Select(static one =>
        one.Key.Length > 0 && one.Key.AsSpan().IndexOfAny('=', '\0') < 0 && !one.Value.Contains('\0', StringComparison.Ordinal)
            ? $"{one.Key}={one.Value}"
            : throw new ArgumentException("A variable's name must not be empty or hold '=', and neither name nor value a NUL character.", nameof(variables)))];

    private static string Port(int port) => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp");

    private static string Tmpfs(ContainerTmpfs tmpfs) => string.Create(CultureInfo.InvariantCulture, $"rw,exec,nosuid,nodev,mode=1777,size={tmpfs.MaxBytes}");

    // The engine keeps twice the size of a file: the one it writes, and the one before.
    private static ContainerBody.LogPart Log(DockerEngineOptions options) => new("json-file", new()
    {
        ["max-size"] = string.Create(CultureInfo.InvariantCulture, $"{options.MaxLogBytes / 2 / Kibibyte}k"),
        ["max-file"] = "2",
    });
}
