using System.Collections.Frozen;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Which state of an instance may follow which.</summary>
internal static class InstanceTransitions
{
    private static readonly FrozenDictionary<InstanceState, FrozenSet<InstanceState>> Table = new Dictionary<InstanceState, InstanceState[]>
    {
        // New to the balancer: to be made, or found running.
        [InstanceState.Unknown] = [InstanceState.Creating, InstanceState.Starting],
        [InstanceState.Creating] = [InstanceState.Starting, InstanceState.Stopping, InstanceState.Stopped, InstanceState.Failed],
        [InstanceState.Starting] = [InstanceState.WarmingUp, InstanceState.Ready, InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.WarmingUp] = [InstanceState.Ready, InstanceState.Busy, InstanceState.Unhealthy, InstanceState.Draining, InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.Ready] = [InstanceState.Busy, InstanceState.Unhealthy, InstanceState.Draining, InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.Busy] = [InstanceState.Ready, InstanceState.Unhealthy, InstanceState.Draining, InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.Unhealthy] = [InstanceState.WarmingUp, InstanceState.Ready, InstanceState.Draining, InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.Draining] = [InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.Stopping] = [InstanceState.Stopped],
        [InstanceState.Stopped] = [InstanceState.Creating, InstanceState.Starting, InstanceState.Stopping, InstanceState.CrashLoop],
        [InstanceState.CrashLoop] = [InstanceState.Creating, InstanceState.Starting, InstanceState.Stopping, InstanceState.Stopped],
        [InstanceState.Failed] = [InstanceState.Creating, InstanceState.Starting, InstanceState.Stopping, InstanceState.Stopped],
    }.ToFrozenDictionary(row => row.Key, row => row.Value.ToFrozenSet());

    public static bool IsAllowed(InstanceState from, InstanceState to) => Table.TryGetValue(from, out var next) && next.Contains(to);

    /// <summary>Whether leases may be given on it.</summary>
    public static bool IsServing(InstanceState state) => state is InstanceState.WarmingUp or InstanceState.Ready or InstanceState.Busy;
}
