using System.Diagnostics;

namespace Orchestrator.Containers.Leasing;

/// <summary>A lease as the pool remembers it. Times are in units of the pool's clock.</summary>
/// <param name="Lease">What its holder has of it.</param>
/// <param name="Instance">Whose slot it holds.</param>
/// <param name="Duration">How long it holds without a renewal.</param>
/// <param name="ExpiresAt">When it ends without one.</param>
/// <param name="ProgressAt">When it began or was last renewed.</param>
/// <param name="Share">What the instance's meter said when it began.</param>
/// <param name="TaskId">What it is for.</param>
/// <param name="Activity">Its span; null when nobody listens. Ended by whoever takes the lease out of the table.</param>
internal record struct HeldLease(
    ContainerLease Lease, PoolInstance Instance, long Duration, long ExpiresAt, long ProgressAt, double Share, string? TaskId, Activity? Activity = null);
