namespace Orchestrator.Containers.Health;

/// <summary>An engine that cannot always kill a command alone, and then ends the whole instance: of a probe, it leaves the instance as it is.</summary>
/// <remarks>How many failed probes an instance may have is the pool's to say, and not decided by how its image is made.</remarks>
internal interface IProbeEngine
{
    /// <summary>The same as <see cref="IContainerEngine.ExecuteAsync"/>, but a command that cannot be killed alone goes on and the instance with it.</summary>
    IAsyncEnumerable<ContainerOutput> ProbeAsync(string id, ContainerCommand command, CancellationToken cancellationToken);
}
