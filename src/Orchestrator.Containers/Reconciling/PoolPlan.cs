namespace Orchestrator.Containers.Reconciling;

/// <summary>Which instances a pool shall have: grows, shrinks, keeps some warm, and replaces those of an older revision one by one.</summary>
internal sealed class PoolPlan(PoolState pool)
{
    public void Step()
    {
        if (pool.IsEmptied)
        {
            pool.Desired = 0;
            foreach (var instance in pool.Instances)
            {
                (instance.Intent, instance.IsForced, instance.Reason) = (InstanceIntent.Remove, true, "the pool is emptied");
            }
        }
        else if (pool.IsAdopted)
        {
            var decision = pool.Parts.Sizing.Next(pool);
            pool.Desired = decision.Desired;
            Roll();
            Resize();
            KeepWarm(decision.Warm);
        }
    }

    /// <summary>
    /// Gives up one instance of an older revision when enough others serve without it. While there are such, the pool has one instance more than it shall have, also above its maximum; and as long as
    /// those of the new revision do not come up, the old ones stay.
    /// </summary>
    private void Roll()
    {
        var (serving, servingNew) = (0, 0);
        ManagedInstance? next = null;
        foreach (var instance in pool.Instances)
        {
            var isServing = instance.Intent == InstanceIntent.Run && InstanceTransitions.IsServing(instance.State);
            serving += isServing ? 1 : 0;
            servingNew += isServing && !instance.IsOutdated ? 1 : 0;
            next = instance is { IsOutdated: true, Intent: InstanceIntent.Run } && (next is null || !isServing) ? instance : next;
        }

        if (next is null)
        {
            return;
        }

        var isNeeded = InstanceTransitions.IsServing(next.State)
            ? serving - 1 < pool.Desired
            : next.State == InstanceState.Starting && servingNew == 0;
        if (!isNeeded)
        {
            Remove(next, "it is of an older revision");
        }
    }

    private void Resize()
    {
        var (kept, outdated) = (0, 0);
        foreach (var instance in pool.Instances)
        {
            kept += instance.IsKept ? 1 : 0;
            outdated += instance is { IsKept: true, IsOutdated: true } ? 1 : 0;
        }

        var wanted = pool.Desired + (outdated > 0 && kept - outdated < pool.Desired ? 1 : 0);
        for (; kept < wanted; kept++)
        {
            if (pool.Instances.Where(instance => instance is { IsWarm: true, Intent: InstanceIntent.Run }).MinBy(Readiness) is { } warm)
            {
                warm.IsWarm = false;
            }
            else
            {
                pool.Add();
            }
        }

        for (; kept > pool.Desired + (outdated > 0 ? 1 : 0); kept--)
        {
            Remove(pool.Instances.Where(instance => instance.IsKept).OrderBy(Rank).ThenByDescending(instance => instance.Shared.Leases).Last(), "the pool shrinks");
        }
    }

    private void KeepWarm(int wanted)
    {
        var warm = pool.Instances.Count(instance => instance.IsWarm && instance.Intent != InstanceIntent.Remove);
        for (; warm < wanted; warm++)
        {
            pool.Add().IsWarm = true;
        }

        for (; warm > wanted; warm--)
        {
            Remove(pool.Instances.Last(instance => instance.IsWarm && instance.Intent != InstanceIntent.Remove), "it need not be kept warm");
        }
    }

    /// <summary>Of those that are kept warm, the one that serves soonest comes first: frozen, made, still coming up; last what does not come up.</summary>
    private static int Readiness(ManagedInstance instance) => instance switch
    {
        { State: InstanceState.Failed or InstanceState.CrashLoop } or { Exists: false, State: InstanceState.Stopped } => 4,
        { EngineState: ContainerState.Paused } => 0,
        { EngineState: ContainerState.Running } => 1,
        { EngineState: ContainerState.Created } => 2,
        _ => 3,
    };

    /// <summary>What is worth keeping most comes first.</summary>
    private static int Rank(ManagedInstance instance) => instance.State switch
    {
        InstanceState.Ready or InstanceState.Busy or InstanceState.WarmingUp => instance.Shared.Leases > 0 ? 0 : instance.IsOutdated ? 2 : 1,
        InstanceState.Draining or InstanceState.Unhealthy => instance.Shared.Leases > 0 ? 3 : 5,
        InstanceState.Starting or InstanceState.Creating => 4,
        _ => 6,
    };

    private static void Remove(ManagedInstance instance, string reason) => (instance.Intent, instance.Reason) = (InstanceIntent.Remove, reason);
}
