namespace Orchestrator.Containers.Reconciling;

/// <summary>All pools of a balancer.</summary>
internal sealed record PoolSet(IReadOnlyList<PoolReconciler> Pools);
