using Orchestrator.Containers.Health;
using Orchestrator.Containers.Scaling;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What all pools share that does things beside their steps.</summary>
internal sealed record PoolSurroundings
{
    public required IContainerEngine Engine { get; init; }

    public required ProbeRunner Probes { get; init; }

    public required IReadOnlyList<IPoolDemand> Demands { get; init; }

    public required TimeSpan ReconcileInterval { get; init; }

    /// <summary>Runs what a step decided; on other threads, so that no call can hold a step up. Tests that replay run it in place.</summary>
    public Func<Func<Task>, Task> Dispatch { get; init; } = Task.Run;
}
