namespace Orchestrator.Containers.Leasing;

/// <summary>A lease as the pool remembers it. Times are in units of the pool's clock.</summary>
/// <param name="Instance">Whose slot it holds.</param>
/// <param name="Duration">How long it holds without a renewal.</param>
/// <param name="ExpiresAt">When it ends without one.</param>
/// <param name="ProgressAt">When it began or was last renewed.</param>
/// <param name="Share">What the instance's meter said when it began.</param>
/// <param name="TaskId">What it is for.</param>
internal record struct HeldLease(PoolInstance Instance, long Duration, long ExpiresAt, long ProgressAt, double Share, string? TaskId);
