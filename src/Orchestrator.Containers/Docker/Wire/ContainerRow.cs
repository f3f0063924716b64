namespace Orchestrator.Containers.Docker.Wire;

/// <summary>An instance as listing tells it.</summary>
internal sealed record ContainerRow
{
    public string? Id { get; init; }

    public string[]? Names { get; init; }

    public string? State { get; init; }

    /// <summary>For people: <c>Up 3 minutes (healthy)</c>, <c>Exited (137) 2 seconds ago</c>.</summary>
    public string? Status { get; init; }

    public PortPart[]? Ports { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    internal sealed record PortPart(int PrivatePort, int PublicPort, string? IP, string? Type);
}
