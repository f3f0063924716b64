using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.History;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What a pool works with.</summary>
internal sealed record PoolParts
{
    public required string Name { get; init; }

    public required string Owner { get; init; }

    public required string WorkerName { get; init; }

    public required ContainerPoolOptions Options { get; init; }

    public required PoolLeases Leases { get; init; }

    public required PoolSizing Sizing { get; init; }

    public required StartSlots Slots { get; init; }

    public required HistoryWriter History { get; init; }

    public required ContainerMetrics Metrics { get; init; }

    /// <summary>For names and jitter; used by the pool's loop only.</summary>
    public required Random Random { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>How often the engine is asked for the full list.</summary>
    public required TimeSpan ListInterval { get; init; }
}
