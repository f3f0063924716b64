using Orchestrator.Containers.Health;

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

    /// <summary>Whether commands in it, its probes, go on for ever and cannot be ended.</summary>
    public bool HoldsCommands { get; set; }

    public void Run() => (State, _startedAt, _exitCode, _isOutOfMemory) = (ContainerState.Running, time.GetUtcNow(), null, false);

    public void End(int exitCode, bool isOutOfMemory) => (State, _exitCode, _isOutOfMemory) = (ContainerState.Exited, exitCode, isOutOfMemory);

    /// <summary>A command that goes on although it is to end. Whoever cancels it runs what waits for it, so that a replay needs no other thread.</summary>
    public async Task<int> HoldAsync(CancellationToken cancellationToken)
    {
        var left = new TaskCompletionSource<int>();
        using var cancelled = cancellationToken.UnsafeRegister(
            _ => left.TrySetException(new CommandLeftException(new LeftCommand(id, "command", "mark"), new OperationCanceledException())), null);
        return await left.Task.ConfigureAwait(false);
    }

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
