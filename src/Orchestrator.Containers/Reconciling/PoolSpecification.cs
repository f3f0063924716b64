using System.Security.Cryptography;
using System.Text;
using Orchestrator.Containers.Pools;
using Orchestrator.Json;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What the instances of a pool are made of, and the revision that changes with it.</summary>
internal sealed class PoolSpecification
{
    private readonly ContainerSpecification _template;
    private readonly ValueMap _labels;

    public PoolSpecification(string pool, string owner, ContainerPoolOptions options)
    {
        _template = Template(pool, options);
        Revision = Hash(_template);
        Labels = ContainerLabels.OfPool(owner, pool);
        _labels = Labels.With(ContainerLabels.Revision, Revision);
    }

    /// <summary>A hash of all that instances are made of, but for their names and labels.</summary>
    public string Revision { get; }

    /// <summary>By which the pool's instances of every revision are found.</summary>
    public ValueMap Labels { get; }

    public ContainerSpecification For(string instance) => _template with
    {
        Name = instance,
        Labels = _labels.With(ContainerLabels.Instance, instance),
        Mounts = [.. _template.Mounts.Select(mount => InstanceDirectories.Of(mount, instance))],
    };

    private static ContainerSpecification Template(string pool, ContainerPoolOptions options) => new()
    {
        Name = pool,
        Image = options.Image,
        Command = options.Command.Count == 0 ? null : new CommandLine { Executable = options.Command[0], Arguments = [.. options.Command.Skip(1)] },
        Environment = new ValueMap(options.Environment),
        Mounts = [.. options.Mounts],
        MemoryBytes = options.MemoryBytes,
        Cpus = options.Cpus,
        MaxProcesses = options.MaxProcesses,
        Network = options.Network,
        Ports = [.. options.Ports],
        User = InstanceDirectories.UserOf(options),
        WorkingDirectory = options.WorkingDirectory,
        IsReadOnly = options.IsReadOnly,
        Tmpfs = [.. options.Tmpfs],
        Capabilities = [.. options.Capabilities],
    };

    private static string Hash(ContainerSpecification template)
    {
        var json = OrchestratorJson.Write(template, OrchestratorJsonContext.Default.ContainerSpecification);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)).AsSpan(0, 8));
    }
}
