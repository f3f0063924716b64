namespace Orchestrator.Containers.Reconciling;

/// <summary>Shows a pool to people and programs.</summary>
internal static class PoolReport
{
    public static PoolStatus Of(PoolState pool)
    {
        var cost = pool.Memory.Cost;
        return new PoolStatus
        {
            Pool = pool.Parts.Name,
            Desired = pool.Desired,
            Instances = [.. pool.Instances.Select(Of)],
            Waiting = pool.Leases.Waiting,
            CostUsd = cost.Usd,
            IdleCostUsd = cost.IdleUsd,
            Problem = Problem(pool),
        };
    }

    private static InstanceStatus Of(ManagedInstance instance) => new()
    {
        Name = instance.Name,
        State = instance.State,
        Leases = instance.Shared.Leases,
        Restarts = instance.RestartCount,
        Weight = instance.Shared.Weight,
        EngineId = instance.Shared.EngineId,
        StartedAt = instance.StartedAt,
        Reason = instance.Reason.Length == 0 ? null : instance.Reason,
    };

    private static string? Problem(PoolState pool)
    {
        if (pool.EngineProblem is { } engine)
        {
            return $"The engine does not answer ({engine}).";
        }

        if (pool.StartProblem is { } start)
        {
            return $"The last start failed: {start}";
        }

        var serving = pool.Instances.Count(instance => instance.Intent == InstanceIntent.Run && InstanceTransitions.IsServing(instance.State));
        return !pool.IsAdopted ? "What runs already is not known yet."
            : pool.Leases.IsPanic ? "Too few instances are healthy: leases are given on all that run."
            : serving < pool.Desired ? $"{serving} of {pool.Desired} instances take leases."
            : null;
    }
}
