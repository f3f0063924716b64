using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Limits;

/// <summary>The limits of one snapshot, by candidate.</summary>
internal sealed class LimitPlan(RoutingSnapshot snapshot)
{
    public RoutingSnapshot Snapshot { get; } = snapshot;

    public LimitConfig[] ByCandidate { get; } = [.. snapshot.Providers.Select(provider => new LimitConfig(provider.Descriptor.Limits))];
}
