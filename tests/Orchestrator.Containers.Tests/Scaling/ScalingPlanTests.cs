using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Scaling;

namespace Orchestrator.Containers.Tests.Scaling;

public sealed class ScalingPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero); // a Monday

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(4, 0, 0, 2)]
    [InlineData(4, 1, 0, 4)] // 4 + 1 × 3 = 7, over 2
    [InlineData(0, 0, 2, 3)]
    [InlineData(0, 1_000_000, 1_000_000, 10)]
    public void The_size_is_the_load_over_the_target_rounded_up(int leases, int waiting, int demand, int expected)
    {
        var plan = Plan(pool => (pool.TargetLoad, pool.Scaling.WaitingWeight, pool.Scaling.StepLimit) = (2, 3, 1_000));

        Assert.Equal(expected, plan.Next(At(0) with { Leases = leases, Waiting = waiting, Demand = demand }).Desired);
    }

    [Fact]
    public void Within_the_tolerance_nothing_changes_unless_somebody_waits()
    {
        var plan = Plan(pool => (pool.TargetLoad, pool.Scaling.Stabilisation) = (2, TimeSpan.Zero));
        Assert.Equal(5, plan.Next(At(0) with { Leases = 9, Instances = 5 }).Desired);

        Assert.Equal(new ScalingDecision(5, ScalingReason.Steady), plan.Next(At(1) with { Leases = 11 })); // 10 % above
        Assert.Equal(new ScalingDecision(6, ScalingReason.Load), plan.Next(At(2) with { Leases = 12 })); // 20 % above
        Assert.Equal(new ScalingDecision(6, ScalingReason.Steady), plan.Next(At(3) with { Leases = 11 })); // 8 % below
        Assert.Equal(new ScalingDecision(7, ScalingReason.Load), plan.Next(At(4) with { Leases = 12, Waiting = 1 }));
        Assert.Equal(new ScalingDecision(5, ScalingReason.Load), plan.Next(At(5) with { Leases = 10 }));
    }

    [Fact]
    public void It_grows_by_steps_and_by_its_own_size_when_that_is_more()
    {
        var plan = Plan(pool => (pool.MaxInstances, pool.Scaling.StepLimit) = (100, 2));
        var full = At(0) with { Leases = 90, Instances = 1 };

        Assert.Equal(
            [(0, 3), (1, 3), (14, 3), (15, 6), (29, 6), (30, 12), (45, 24), (60, 48), (75, 90)],
            new[] { 0, 1, 14, 15, 29, 30, 45, 60, 75 }.Select(second => (second, plan.Next(full with { Now = Start.AddSeconds(second) }).Desired)));
    }

    [Fact]
    public void It_shrinks_to_the_highest_number_wanted_within_the_stabilisation_time()
    {
        var plan = Plan(pool => pool.Scaling.Stabilisation = TimeSpan.FromSeconds(300));
        plan.Next(At(0) with { Leases = 8, Instances = 8 });
        plan.Next(At(100) with { Leases = 3 });
        plan.Next(At(200) with { Leases = 5 });

        Assert.Equal(new ScalingDecision(8, ScalingReason.Stabilising), plan.Next(At(299) with { Leases = 1 }));
        Assert.Equal(new ScalingDecision(5, ScalingReason.Stabilising), plan.Next(At(300) with { Leases = 1 }));
        Assert.Equal(new ScalingDecision(5, ScalingReason.Stabilising), plan.Next(At(499) with { Leases = 1 }));
        Assert.Equal(new ScalingDecision(1, ScalingReason.Load), plan.Next(At(599) with { Leases = 1 }));
    }

    [Fact]
    public void It_never_shrinks_below_the_instances_that_serve_leases()
    {
        var plan = Plan(pool => (pool.HardLimit, pool.TargetLoad, pool.Scaling.Stabilisation) = (10, 10, TimeSpan.Zero));
        plan.Next(At(0) with { Leases = 40, Instances = 4, BusyInstances = 4 });

        Assert.Equal(new ScalingDecision(3, ScalingReason.Leases), plan.Next(At(1) with { Leases = 3, BusyInstances = 3 }));
        Assert.Equal(new ScalingDecision(1, ScalingReason.Load), plan.Next(At(2) with { Leases = 3, BusyInstances = 1 }));
    }

    [Fact]
    public void It_goes_down_to_none_only_after_the_idle_time()
    {
        var plan = Plan(pool => (pool.MinInstances, pool.IdleTime, pool.Scaling.Stabilisation) = (0, TimeSpan.FromSeconds(60), TimeSpan.Zero));
        plan.Next(At(0) with { Leases = 3, Instances = 3 });

        Assert.Equal(new ScalingDecision(1, ScalingReason.Idle), plan.Next(At(1)));
        Assert.Equal(new ScalingDecision(1, ScalingReason.Idle), plan.Next(At(59)));
        Assert.Equal(0, plan.Next(At(60)).Desired);
        Assert.Equal(new ScalingDecision(1, ScalingReason.Load), plan.Next(At(61) with { Waiting = 1 }));
    }

    [Fact]
    public void It_does_not_grow_while_starts_fail()
    {
        var plan = Plan(pool => (pool.Scaling.FailedStarts, pool.Scaling.Cooldown) = (3, TimeSpan.FromSeconds(60)));
        var failing = At(10) with { Waiting = 5, Instances = 2, FailedStarts = 3, LastFailedStart = Start.AddSeconds(10) };
        plan.Next(At(0) with { Leases = 2, Instances = 2 });

        Assert.Equal(new ScalingDecision(2, ScalingReason.Cooldown), plan.Next(failing));
        Assert.Equal(new ScalingDecision(2, ScalingReason.Cooldown), plan.Next(failing with { Now = Start.AddSeconds(69) }));
        Assert.Equal(5, plan.Next(failing with { Now = Start.AddSeconds(70) }).Desired);
    }

    [Fact]
    public void A_used_up_budget_stops_growth_but_not_the_minimum()
    {
        var plan = Plan(pool => (pool.MinInstances, pool.Scaling.StepLimit) = (2, 100));

        Assert.Equal(new ScalingDecision(2, ScalingReason.Budget), plan.Next(At(0) with { Waiting = 5, IsOverBudget = true }));
        Assert.Equal(new ScalingDecision(5, ScalingReason.Load), plan.Next(At(1) with { Waiting = 5 }));
        Assert.Equal(new ScalingDecision(5, ScalingReason.Budget), plan.Next(At(2) with { Waiting = 9, IsOverBudget = true }));
    }

    [Fact]
    public void The_schedule_raises_the_minimum_at_its_times()
    {
        var plan = Plan(pool =>
        {
            pool.Scaling.Stabilisation = TimeSpan.Zero;
            pool.Schedule = [new() { From = new(12, 1), To = new(12, 2), MinInstances = 4 }, new() { From = new(12, 1), To = new(13, 0), MinInstances = 3 }];
        });

        Assert.Equal(
            [(59, 1, ScalingReason.Minimum), (60, 4, ScalingReason.Schedule), (119, 4, ScalingReason.Schedule), (120, 3, ScalingReason.Schedule), (3_599, 3, ScalingReason.Schedule), (3_600, 1, ScalingReason.Minimum)],
            new[] { 59, 60, 119, 120, 3_599, 3_600 }.Select(second => plan.Next(At(second)) is var decision ? (second, decision.Desired, decision.Reason) : default));
    }

    [Theory]
    [InlineData("2026-01-05T21:59:00Z", 0)] // Monday, 22:59 in Berlin
    [InlineData("2026-01-05T22:00:00Z", 2)] // Monday, 23:00
    [InlineData("2026-01-06T04:59:00Z", 2)] // Tuesday, 05:59: Monday's window
    [InlineData("2026-01-06T05:00:00Z", 0)]
    [InlineData("2026-01-06T23:00:00Z", 0)] // Tuesday has none
    [InlineData("2026-07-06T21:00:00Z", 2)] // Monday, 23:00 in summer
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_begins_in_its_own_zone(string now, int expected)
    {
        var schedule = new PoolSchedule([new() { Days = [DayOfWeek.Monday], From = new(23, 0), To = new(6, 0), TimeZone = "Europe/Berlin", MinInstances = 2 }]);

        Assert.Equal(expected, schedule.MinimumAt(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_number_set_by_call_goes_before_the_load_until_its_time_is_over()
    {
        var plan = Plan(pool => pool.Scaling.ManualHold = TimeSpan.FromSeconds(60));
        plan.Next(At(0) with { Leases = 3, Instances = 3 });

        plan.Pin(99, Start);
        Assert.Equal(new ScalingDecision(10, ScalingReason.Manual), plan.Next(At(1) with { Leases = 3 }));
        plan.Pin(0, Start.AddSeconds(1));
        Assert.Equal(new ScalingDecision(0, ScalingReason.Manual), plan.Next(At(60) with { Leases = 3, BusyInstances = 3 }));
        Assert.Equal(new ScalingDecision(3, ScalingReason.Load), plan.Next(At(61) with { Leases = 3, BusyInstances = 3 }));
    }

    [Fact]
    public void After_a_restart_it_begins_with_the_instances_that_are_there()
    {
        Assert.Equal(new ScalingDecision(6, ScalingReason.Steady), Plan(_ => { }).Next(At(0) with { Instances = 6, Leases = 6 }));
        Assert.Equal(10, Plan(_ => { }).Next(At(0) with { Instances = 60, Leases = 60 }).Desired);
    }

    [Fact]
    public void Warm_instances_stay_within_the_maximum()
    {
        var plan = Plan(pool => pool.WarmInstances = 3);

        Assert.Equal((4, 3), plan.Next(At(0) with { Leases = 4, Instances = 4 }) is var small ? (small.Desired, small.Warm) : default);
        Assert.Equal((8, 2), plan.Next(At(20) with { Leases = 8 }) is var large ? (large.Desired, large.Warm) : default);
    }

    private static ScalingInput At(double seconds) => new() { Now = Start.AddSeconds(seconds) };

    private static ScalingPlan Plan(Action<ContainerPoolOptions> configure)
    {
        var pool = new ContainerPoolOptions { Image = "test", MaxInstances = 10 };
        configure(pool);
        return new ScalingPlan(pool);
    }
}
