namespace Orchestrator.Containers.Docker.Wire;

/// <summary>An instance as inspecting tells it.</summary>
internal sealed record ContainerAnswer
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public StatePart? State { get; init; }

    public ConfigPart? Config { get; init; }

    public NetworkPart? NetworkSettings { get; init; }

    internal sealed record StatePart(string? Status, int ExitCode, bool OOMKilled, DateTimeOffset? StartedAt, HealthPart? Health);

    internal sealed record HealthPart(string? Status);

    internal sealed record ConfigPart(Dictionary<string, string>? Labels);

    internal sealed record NetworkPart(Dictionary<string, BoundPart[]?>? Ports);

    internal sealed record BoundPart(string? HostIp, string? HostPort);
}
