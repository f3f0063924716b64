namespace Orchestrator.Containers.Cost;

/// <summary>What a pool has cost since the balancer started.</summary>
/// <param name="InstanceTime">How long its instances existed, all together.</param>
/// <param name="BusyTime">The part of it in which they served at least one lease.</param>
/// <param name="Usd">Instance time × rate.</param>
/// <param name="IdleUsd">The part of <paramref name="Usd"/> in which they served none.</param>
internal readonly record struct PoolCost(TimeSpan InstanceTime, TimeSpan BusyTime, decimal Usd, decimal IdleUsd);
