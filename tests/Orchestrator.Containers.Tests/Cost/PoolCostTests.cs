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
    public async Task A_lease_tells_its_cost_while_it_goes_on_and_for_good_once_it_has_ended()
    {
        using var rig = new LeasingRig(1, pool => (pool.HardLimit, pool.CostPerHourUsd) = (2, 3.60m));
        var a = rig.Acquire();
        Assert.Equal(0, a.CostUsd);
        rig.Time.Advance(TimeSpan.FromSeconds(10)); // a alone
        Assert.Equal((0.010m, 0.010m), (a.CostUsd, a.CostUsd));
        var b = rig.Acquire();
        rig.Time.Advance(TimeSpan.FromSeconds(20)); // two
        Assert.Equal((0.020m, 0.010m), (a.CostUsd, b.CostUsd));

        await a.DisposeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(5)); // b alone
        rig.Leases.Fail(rig.Instances[0]);
        rig.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((0.020m, 0.015m), (a.CostUsd, b.CostUsd));
        await b.DisposeAsync();
        Assert.Equal(0.015m, b.CostUsd);
    }

    [Fact]
    public void An_expired_lease_costs_until_it_expired_and_one_without_a_rate_nothing()
    {
        using var rig = new LeasingRig(1, pool => pool.CostPerHourUsd = 3.60m);
        using var free = new LeasingRig(1);
        var (expired, gratis) = (rig.Acquire(), free.Acquire());

        rig.Time.Advance(TimeSpan.FromSeconds(300));
        free.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((0.060m, 0m), (expired.CostUsd, gratis.CostUsd));
    }

    [Fact]
    public void A_lease_is_settled_once_and_to_a_nano_dollar()
    {
        using var rig = new LeasingRig(1);
        var lease = new ContainerLease("build", "i0", "id", 7, rig.Leases);

        Assert.Equal(0, lease.CostUsd); // the pool does not know it
        lease.Settle(1.2345678912m);
        lease.Settle(9);

        Assert.Equal(1.234567891m, lease.CostUsd);
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Settle(-1));
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
    public void A_budget_goes_on_with_what_the_same_day_has_cost_before_and_forgets_it_the_next()
    {
        var monday = new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
        var budget = new DailyBudget(5);

        Assert.False(budget.IsReached(monday, 1));
        budget.Carry(new DateOnly(2026, 1, 4), 100, monday, 1);
        budget.Carry(new DateOnly(2026, 1, 6), 100, monday, 1);
        Assert.False(budget.IsReached(monday, 1));
        budget.Carry(new DateOnly(2026, 1, 5), 4, monday, 1);
        Assert.True(budget.IsReached(monday, 1));
        Assert.Equal((new DateOnly(2026, 1, 5), 6m), budget.Today(monday, 2));

        Assert.Equal((new DateOnly(2026, 1, 6), 0m), budget.Today(monday.AddDays(1), 3));
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
