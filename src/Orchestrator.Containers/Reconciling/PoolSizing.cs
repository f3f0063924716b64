using Orchestrator.Containers.Cost;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Scaling;

namespace Orchestrator.Containers.Reconciling;

/// <summary>How many instances a pool shall have, from what its loop knows.</summary>
internal sealed class PoolSizing(ContainerPoolOptions options)
{
    private readonly ScalingPlan _plan = new(options);

    public DailyBudget Budget { get; } = new(options.DailyBudgetUsd);

    /// <summary>Work that waits elsewhere, as last told.</summary>
    public int Demand { get; set; }

    public void Pin(int instances, DateTimeOffset now) => _plan.Pin(instances, now);

    public ScalingDecision Next(PoolState pool)
    {
        var day = pool.Parts.Time.GetUtcNow();
        var (kept, busy) = (0, 0);
        foreach (var instance in pool.Instances)
        {
            if (instance.IsKept)
            {
                kept++;
                busy += instance.Shared.Leases > 0 ? 1 : 0;
            }
        }

        return _plan.Next(new ScalingInput
        {
            Now = pool.SteadyNow,
            Day = day,
            Instances = kept,
            BusyInstances = busy,
            Leases = pool.Leases.Held,
            Waiting = Math.Max(pool.Leases.Waiting, pool.Leases.TakeTurnedAway() ? 1 : 0),
            Demand = Demand,
            FailedStarts = pool.FailedStarts,
            LastFailedStart = pool.LastFailedStart,
            IsOverBudget = options.CostPerHourUsd > 0 && Budget.IsReached(day, pool.Leases.Cost.Usd),
        });
    }
}
