using Orchestrator.Containers.Cost;
using Orchestrator.Containers.Tests.Leasing;

namespace Orchestrator.Containers.Tests.Cost;

public sealed class PoolCostTests
{
    [Fact]
    public async Task Time_with_leases_is_kept_apart_from_idle_time()
    {
        using var rig = new LeasingRig(2, pool => (pool.Policy, pool.HardLimit, pool.CostPerHourUsd) = ("round-robin", 2, 3.60m));
        rig.Leases.Began(rig.Instances[0]);
        rig.Leases.Began(rig.Instances[1]);

        rig.Time.Advance(TimeSpan.FromSeconds(10)); // both idle
        var (first, other, second) = (rig.Acquire(), rig.Acquire(), rig.Acquire());
        rig.Time.Advance(TimeSpan.FromSeconds(20)); // two leases on i0, one on i1
        await first.DisposeAsync();
        await other.DisposeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(5)); // one on i0
        await second.DisposeAsync();
        rig.Leases.Gone(rig.Instances[1]);
        rig.Time.Advance(TimeSpan.FromSeconds(100)); // i0 alone, idle

        // i0: 135 s there, 25 busy; i1: 35 s there, 20 busy; 0.001 USD a second.
        Assert.Equal(new PoolCost(TimeSpan.FromSeconds(170), TimeSpan.FromSeconds(45), 0.170m, 0.125m), rig.Leases.Cost);
    }

    [Fact]
    public async Task Tasks_share_the_time_of_an_instance_with_those_beside_them()
    {
        using var rig = new LeasingRig(1, pool => (pool.HardLimit, pool.CostPerHourUsd) = (4, 3.60m));
        rig.Leases.Began(rig.Instances[0]);
        var a = rig.Acquire(task: "a");
        rig.Time.Advance(TimeSpan.FromSeconds(10)); // a alone
        var b = rig.Acquire(task: "b");
        rig.Time.Advance(TimeSpan.FromSeconds(20)); // two
        await a.DisposeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(5)); // b alone
        await b.DisposeAsync();
        await using var again = rig.Acquire(task: "a");
        rig.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(0.020m, rig.Leases.CostOfTask("a"));
        await again.DisposeAsync();

        Assert.Equal((0.027m, 0.015m, 0m), (rig.Leases.CostOfTask("a"), rig.Leases.CostOfTask("b"), rig.Leases.CostOfTask("c")));
        Assert.Equal(rig.Leases.Cost.Usd - rig.Leases.Cost.IdleUsd, rig.Leases.CostOfTask("a") + rig.Leases.CostOfTask("b"));
    }

    [Fact]
    public void A_lease_that_expires_or_is_ended_by_force_is_paid_for_until_then()
    {
        using var rig = new LeasingRig(2, pool => (pool.Policy, pool.CostPerHourUsd) = ("round-robin", 3.60m));
        rig.Acquire(task: "expires");
        rig.Acquire(task: "ended");
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        rig.Leases.Fail(rig.Instances[1]);
        rig.Time.Advance(TimeSpan.FromSeconds(300));

        Assert.Equal((0.060m, 0.030m), (rig.Leases.CostOfTask("expires"), rig.Leases.CostOfTask("ended")));
    }

    [Fact]
    public void An_instance_that_is_replaced_costs_only_while_it_is_there()
    {
        using var rig = new LeasingRig(1, pool => pool.CostPerHourUsd = 3.60m);
        rig.Leases.Began(rig.Instances[0]);
        rig.Leases.Began(rig.Instances[0]);
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        rig.Leases.Gone(rig.Instances[0]);
        rig.Leases.Gone(rig.Instances[0]);
        rig.Time.Advance(TimeSpan.FromSeconds(1_000));
        rig.Leases.Began(rig.Instances[0]);
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0.011m, rig.Leases.Cost.Usd);
    }

    [Fact]
    public void Only_the_tasks_that_used_the_pool_last_are_remembered()
    {
        var tasks = new TaskCosts(capacity: 2);

        tasks.Add("a", 1);
        tasks.Add("b", 2);
        tasks.Add("a", 4);
        tasks.Add("c", 8);

        Assert.Equal((5.0, 0.0, 8.0), (tasks.Of("a"), tasks.Of("b"), tasks.Of("c")));
    }

    [Fact]
    public void A_clock_that_is_set_back_gives_no_new_budget()
    {
        var tuesday = new DateTimeOffset(2026, 1, 6, 0, 30, 0, TimeSpan.Zero);
        var budget = new DailyBudget(5);

        Assert.True(budget.IsReached(tuesday, 5));
        Assert.True(budget.IsReached(tuesday.AddHours(-1), 5));
        Assert.True(budget.IsReached(tuesday, 5));
    }

    [Fact]
    public void A_budget_is_reached_by_what_its_day_has_cost()
    {
        var monday = new DateTimeOffset(2026, 1, 5, 23, 0, 0, TimeSpan.Zero);
        var budget = new DailyBudget(5);

        Assert.False(budget.IsReached(monday, 4.99m));
        Assert.True(budget.IsReached(monday.AddMinutes(30), 5.00m));
        Assert.False(budget.IsReached(monday.AddHours(1), 5.10m));
        Assert.False(budget.IsReached(monday.AddHours(20), 10.09m));
        Assert.True(budget.IsReached(monday.AddHours(20), 10.10m));
        Assert.False(new DailyBudget(null).IsReached(monday, 1_000_000m));
    }
}
