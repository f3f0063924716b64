using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Cli.Configuration;

/// <summary>The section <c>containers</c>: an engine, pools of instances for agents, and which of them agents run in. A repository may not set any of it.</summary>
internal sealed class ContainerSettings
{
    private const long Mebibyte = 1024 * 1024;

    private string? _directory;
    private IReadOnlyList<string>? _forwarder;
    private bool _runsVerifyCommands = true;

    /// <summary>The pools by name, without the directory that instances share with this machine.</summary>
    public Dictionary<string, ContainerPoolOptions> Pools { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the Docker Engine listens; <see langword="null"/> for that of the environment.</summary>
    public string? Endpoint { get; private set; }

    /// <summary>The pool that agents run in when the command names none; <see langword="null"/> for this machine.</summary>
    public string? AgentPool { get; private set; }

    public static ContainerSettings Read(IConfigurationSection section, List<string> errors)
    {
        var settings = new ContainerSettings();
        var reader = new SettingReader(section, errors);
        reader.Text("endpoint", value => settings.Endpoint = value);
        reader.Text("directory", value => settings._directory = Path.GetFullPath(value));
        reader.Text("agentPool", value => settings.AgentPool = value);
        reader.Flag("verify", value => settings._runsVerifyCommands = value);
        reader.Texts("forwarder", values => settings._forwarder = values);
        foreach (var pool in reader.Section("pools").GetChildren())
        {
            settings.Pools[pool.Key] = ReadPool(pool, errors);
        }

        reader.RejectUnknown();
        reader.Demand(settings.AgentPool is not { } used || settings.Pools.ContainsKey(used), "agentPool", "name one of the pools");
        return settings;
    }

    /// <summary>Has agents run in a pool.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="claim">Whose the containers are, and where.</param>
    /// <exception cref="ConfigurationErrorsException">There is no such pool.</exception>
    public void AddTo(IServiceCollection services, string pool, ContainerClaim claim)
    {
        if (!Pools.TryGetValue(pool, out var options))
        {
            throw new ConfigurationErrorsException([$"There is no pool '{pool}' of containers; {(Pools.Count == 0 ? "the configuration has none (containers:pools)" : "there is " + string.Join(", ", Pools.Keys.Order(StringComparer.Ordinal)))}."]);
        }

        var directory = Path.Combine(_directory ?? claim.Directory, "{instance}");
        options.Mounts.Add(new ContainerMount(directory, directory, ReadOnly: false));
        services.AddDockerEngine(engine => engine.Endpoint = Endpoint ?? engine.Endpoint);
        services.AddContainerBalancer(balancer =>
        {
            (balancer.Owner, balancer.StopWithHost, balancer.Pools[pool]) = (claim.Owner, true, options);
        });
        services.AddAgentProviders().UseContainers(containers =>
        {
            (containers.Pool, containers.Directory, containers.HasNetwork, containers.RunsVerifyCommands) = (pool, directory, options.Network is not null, _runsVerifyCommands);
            containers.Forwarder = _forwarder is null ? containers.Forwarder : [.. _forwarder];
        });
    }

    private static ContainerPoolOptions ReadPool(IConfigurationSection section, List<string> errors)
    {
        var reader = new SettingReader(section, errors);
        var pool = new ContainerPoolOptions
        {
            MinInstances = 1,
            MaxInstances = 4,
            MemoryBytes = 4096 * Mebibyte,
            Cpus = 2,
            MaxProcesses = 512,
            StopGrace = TimeSpan.Zero, // Nothing in them is worth waiting for.
            SlowStart = TimeSpan.Zero,
            Tmpfs = [new ContainerTmpfs("/tmp", 256 * Mebibyte)],
        };
        reader.Text("image", value => pool.Image = value);
        reader.Demand(pool.Image.Length > 0, "image", "name an image");
        reader.Texts("command", values => pool.Command = [.. values]);
        reader.Map("environment", values => pool.Environment = values.ToDictionary(StringComparer.Ordinal));
        reader.Text("user", value => pool.User = value);
        reader.Text("network", value => pool.Network = value);
        reader.Long("memoryBytes", value => pool.MemoryBytes = value);
        reader.Share("cpus", value => pool.Cpus = value);
        reader.Number("maxProcesses", value => pool.MaxProcesses = value);
        reader.Number("minInstances", value => pool.MinInstances = value);
        reader.Number("maxInstances", value => pool.MaxInstances = value);
        reader.Long("tmpBytes", value => pool.Tmpfs = [new ContainerTmpfs("/tmp", value)]);
        reader.Money("costPerHourUsd", value => pool.CostPerHourUsd = value);
        reader.RejectUnknown();
        return pool;
    }
}
