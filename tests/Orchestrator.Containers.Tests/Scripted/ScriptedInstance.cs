namespace Orchestrator.Containers.Tests.Scripted;

/// <summary>An instance of a scripted engine.</summary>
internal sealed class ScriptedInstance(string id, ContainerSpecification specification, TimeProvider time)
{
    private const int HostPort = 40_000;

    private DateTimeOffset? _startedAt;
    private int? _exitCode;
    private bool _isOutOfMemory;

    public string Id => id;

    public ContainerSpecification Specification => specification;

    public ContainerState State { get; set; } = ContainerState.Created;

    public ContainerHealth Health { get; set; }

    /// <summary>What commands in it, its probes, exit with.</summary>
    public Func<ContainerCommand, int> ProbeExitCode { get; set; } = static _ => 0;

    public void Run() => (State, _startedAt, _exitCode, _isOutOfMemory) = (ContainerState.Running, time.GetUtcNow(), null, false);

    public void End(int exitCode, bool isOutOfMemory) => (State, _exitCode, _isOutOfMemory) = (ContainerState.Exited, exitCode, isOutOfMemory);

    public bool Carries(ValueMap labels) => labels.All(label => specification.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    public ContainerStatus Status() => new()
    {
        Id = id,
        Name = specification.Name,
        State = State,
        ExitCode = _exitCode,
        IsOutOfMemory = _isOutOfMemory,
        StartedAt = _startedAt,
        Health = Health,
        Endpoints = State == ContainerState.Running ? [.. specification.Ports.Select(port => new ContainerEndpoint(port, "127.0.0.1", HostPort + port))] : [],
        Labels = specification.Labels,
    };
}
