using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Health;

namespace Orchestrator.Containers.Docker;

/// <summary>Instances are containers of a Docker Engine.</summary>
/// <remarks>
/// Every instance: all capabilities dropped but the named ones, no new privileges, an init process that reaps what is left, no restart by the engine, bounded logs,
/// no network unless one is named, ports only on <see cref="DockerEngineOptions.PublishAddress"/>. Anonymous volumes go with their instance.
/// </remarks>
internal sealed class DockerEngine : IContainerEngine, IProbeEngine, IDisposable
{
    private readonly DockerHttp _http;
    private readonly DockerContainers _containers;
    private readonly CommandKiller _killer;
    private readonly DockerCommands _commands;
    private readonly DockerLogs _logs;
    private readonly DockerEvents _events;

    public DockerEngine(DockerEngineOptions options, TimeProvider time, ILogger logger)
    {
        _http = new DockerHttp(options, time, logger);
        _containers = new DockerContainers(_http);
        _killer = new CommandKiller(_http, _containers, logger);
        _commands = new DockerCommands(_http, _killer);
        _logs = new DockerLogs(_http);
        _events = new DockerEvents(_http, logger);
        Images = new DockerImages(_http);
        Networks = new DockerNetworks(_http);
    }

    public string Name => "docker";

    public DockerImages Images { get; }

    public DockerNetworks Networks { get; }

    public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return new(_containers.CreateAsync(specification, cancellationToken));
    }

    public ValueTask StartAsync(string id, CancellationToken cancellationToken) => new(_containers.StartAsync(Checked(id), cancellationToken));

    public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        return new(_containers.StopAsync(Checked(id), grace, cancellationToken));
    }

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => new(_containers.RemoveAsync(Checked(id), cancellationToken));

    public ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken) => new(_containers.InspectAsync(Checked(id), cancellationToken));

    public ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new(_containers.ListAsync(labels, cancellationToken));
    }

    public IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        return _commands.RunAsync(Checked(id), command, cancellationToken);
    }

    public ValueTask<int> ProbeAsync(string id, ContainerCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        return _commands.ProbeAsync(Checked(id), command, cancellationToken);
    }

    public ValueTask<bool> TryEndAsync(LeftCommand command, CancellationToken cancellationToken) => new(_killer.TryEndAsync(command, cancellationToken));

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => new(_containers.PauseAsync(Checked(id), cancellationToken));

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => new(_containers.ResumeAsync(Checked(id), cancellationToken));

    public ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) => new(_containers.UsageAsync(Checked(id), cancellationToken));

    public IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lines);
        return _logs.ReadAsync(Checked(id), lines, follow, cancellationToken);
    }

    public IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return _events.WatchAsync(labels, since, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string Checked(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return id;
    }
}
