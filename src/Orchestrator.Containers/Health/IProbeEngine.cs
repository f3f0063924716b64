namespace Orchestrator.Containers.Health;

/// <summary>An engine that cannot always kill a command alone, and then ends the whole instance: of a probe, it leaves the instance as it is, and says so.</summary>
/// <remarks>How many failed probes an instance may have is the pool's to say, and not decided by how its image is made.</remarks>
internal interface IProbeEngine
{
    /// <summary>Runs a probe's command to its end.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="CommandLeftException">It was to be killed, and may still run; the instance does.</exception>
    ValueTask<int> ProbeAsync(string id, ContainerCommand command, CancellationToken cancellationToken);

    /// <summary>Tries once more to end a command that was left.</summary>
    /// <returns>Whether it runs no more.</returns>
    /// <exception cref="OrchestratorException">The engine does not say.</exception>
    ValueTask<bool> TryEndAsync(LeftCommand command, CancellationToken cancellationToken);
}
