using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.State;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class PoolMemoryTests
{
    private static readonly DateOnly Today = new(2026, 1, 1); // where the manual clock begins

    [Fact]
    public void What_earlier_processes_spent_is_added_to_what_was_spent_meanwhile()
    {
        var rig = Rig().Settle().Run(100); // two instances, a cent a second each
        Assert.Null(rig.Reconciler.Account);
        Assert.Equal((2m, 2m), (rig.Status.CostUsd, rig.Status.IdleCostUsd));

        rig.Reconciler.Recall(new PoolAccount { CostUsd = 10, IdleCostUsd = 4, Day = Today, DayCostUsd = 7 });
        rig.Settle();

        Assert.Equal((12m, 6m), (rig.Status.CostUsd, rig.Status.IdleCostUsd));
        Assert.Equal(new PoolAccount { CostUsd = 12, IdleCostUsd = 6, Day = Today, DayCostUsd = 9 }, rig.Reconciler.Account);
        rig.Reconciler.Recall(new PoolAccount { CostUsd = 1_000 }); // only the first counts
        rig.Settle();
        Assert.Equal(12m, rig.Status.CostUsd);
    }

    [Fact]
    public void A_restarted_orchestrator_goes_on_where_the_earlier_one_was()
    {
        var rig = Rig(pool => pool.DailyBudgetUsd = 3).Settle();
        rig.Reconciler.Recall(null);
        rig.Run(100);
        var kept = rig.Reconciler.Account;

        rig.Restart().Settle();
        rig.Reconciler.Recall(kept);
        rig.Run(10);

        Assert.Equal(2.2m, rig.Status.CostUsd);
        Assert.Equal(2.2m, rig.Reconciler.Account!.DayCostUsd);
    }

    [Fact]
    public void The_daily_budget_holds_over_a_restart_and_only_on_the_same_day()
    {
        var (held, next) = (Rig(pool => pool.DailyBudgetUsd = 3).Settle(), Rig(pool => pool.DailyBudgetUsd = 3).Settle());

        held.Reconciler.Recall(new PoolAccount { CostUsd = 3, Day = Today, DayCostUsd = 3 });
        next.Reconciler.Recall(new PoolAccount { CostUsd = 3, Day = Today.AddDays(-1), DayCostUsd = 3 });
        Assert.Equal((2, 3), (Crowd(held), Crowd(next)));

        // Earlier than the day of the clock or later, as when it was wrong once: another day is another budget.
        var later = Rig(pool => pool.DailyBudgetUsd = 3).Settle();
        later.Reconciler.Recall(new PoolAccount { CostUsd = 3, Day = Today.AddYears(70), DayCostUsd = 3 });
        Assert.Equal(3, Crowd(later));
    }

    [Fact]
    public void What_is_read_after_midnight_of_the_day_before_does_not_count_on_the_new_one()
    {
        var rig = Rig().Settle().Run(10);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.Settle();

        rig.Reconciler.Recall(new PoolAccount { CostUsd = 5, Day = Today, DayCostUsd = 5 });
        rig.Run(10);

        Assert.Equal(Today.AddDays(1), rig.Reconciler.Account!.Day);
        Assert.True(rig.Reconciler.Account.DayCostUsd < rig.Reconciler.Account.CostUsd - 5);
    }

    [Fact]
    public void What_is_read_only_when_the_pool_has_stopped_is_added_too()
    {
        var rig = Rig().Settle().Run(100);
        var before = rig.Reconciler;
        rig.Restart();

        before.Recall(new PoolAccount { CostUsd = 10 });

        Assert.Equal(12m, before.Account!.CostUsd);
    }

    [Fact]
    public void Weights_come_back_to_the_instances_that_are_still_there()
    {
        var rig = Rig(pool => pool.CostPerHourUsd = 0).Settle();
        var (heavy, other) = (rig.Status.Instances[0].Name, rig.Status.Instances[1].Name);
        rig.Reconciler.Recall(null);
        rig.Tell(new WeightAsked(heavy, 7));
        var kept = rig.Reconciler.Account! with { Weights = [.. rig.Reconciler.Account!.Weights, new InstanceWeight("agents-gone", 9)] };
        Assert.Equal([new InstanceWeight(heavy, 7), new InstanceWeight("agents-gone", 9)], kept.Weights);

        rig.Restart();
        rig.Reconciler.Recall(kept); // before the first list
        Assert.Null(rig.Reconciler.Account);
        rig.Settle();
        Assert.Equal((7.0, 1.0), (rig.Instance(heavy).Weight, rig.Instance(other).Weight));
        Assert.Equal([new InstanceWeight(heavy, 7)], rig.Reconciler.Account!.Weights);

        rig.Restart().Settle();
        rig.Tell(new WeightAsked(other, 2));
        rig.Tell(new AccountRead(kept with { Weights = [new InstanceWeight(heavy, 7), new InstanceWeight(other, 50), new InstanceWeight("agents-gone", 9)] })); // after it, and after a call
        Assert.Equal((7.0, 2.0), (rig.Instance(heavy).Weight, rig.Instance(other).Weight));
        Assert.DoesNotContain(rig.Reconciler.Account!.Weights, one => one.Instance == "agents-gone");
    }

    [Fact]
    public void Weights_that_no_list_has_shown_yet_are_not_lost_to_a_crash()
    {
        var rig = Rig();
        rig.Engine.Fault = static (call, _) => call == "list" ? CallFault.FailBefore : null;

        rig.Reconciler.Recall(new PoolAccount { Weights = [new InstanceWeight("agents-1", 5)] });
        rig.Reconciler.Pump();

        Assert.Equal([new InstanceWeight("agents-1", 5)], rig.Reconciler.Account!.Weights);
    }

    private static PoolRig Rig(Action<ContainerPoolOptions>? configure = null) => new(pool =>
    {
        pool.CostPerHourUsd = 36;
        configure?.Invoke(pool);
    });

    /// <summary>Has more callers than the pool's two instances take.</summary>
    /// <returns>How many instances the pool has then.</returns>
    private static int Crowd(PoolRig rig)
    {
        for (var lease = 0; lease < 4; lease++)
        {
            rig.Acquire();
        }

        var waiting = rig.Leases.AcquireAsync(new ContainerRequest { Pool = PoolRig.Pool }, CancellationToken.None).AsTask();
        rig.Run(3);
        Assert.Equal(rig.Status.Instances.Count > 2, waiting.IsCompleted);
        return rig.Status.Instances.Count;
    }
}
