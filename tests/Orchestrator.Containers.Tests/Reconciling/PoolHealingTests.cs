using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class PoolHealingTests
{
    [Fact]
    public void An_instance_that_dies_loses_its_leases_at_once_and_comes_back()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var lease = rig.Acquire();

        rig.Engine.Exit(rig.InEngine(lease.Instance), 137, isOutOfMemory: true);
        rig.Settle();

        Assert.False(PoolRig.Holds(lease));
        Assert.Null(rig.TryAcquire());
        Assert.Contains("memory", rig.Instance(lease.Instance).Reason, StringComparison.Ordinal);
        rig.Run(3);
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Equal(1, rig.Instance(lease.Instance).Restarts);
        Assert.Single(rig.Engine.Instances);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 35)]
    public void A_draining_instance_that_is_gone_loses_its_leases(bool isTold, int seconds)
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var lease = rig.Acquire(TimeSpan.FromHours(2));
        rig.Engine.Copies = _ => isTold ? 1 : 0;
        rig.Tell(new DrainAsked(lease.Instance));
        var heldWhileItRan = PoolRig.Holds(lease);

        rig.Engine.Remove(rig.InEngine(lease.Instance).Id);
        rig.Settle().Run(seconds);

        Assert.True(heldWhileItRan);
        Assert.False(PoolRig.Holds(lease));
    }

    [Fact]
    public void A_second_lease_that_expires_while_its_instance_drains_replaces_it_once()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        rig.Acquire(TimeSpan.FromSeconds(10));
        rig.Acquire(TimeSpan.FromSeconds(14));

        rig.Run(30);

        Assert.Equal((InstanceState.Ready, 1), (rig.States[0], rig.Status.Instances[0].Restarts));
    }

    [Fact]
    public void A_crash_loop_lasts_until_its_instance_was_healthy_for_a_while()
    {
        var budget = new RestartBudget(new ContainerRestartOptions(), SeededRandom.Create(1));
        var early = Enumerable.Range(0, 6).Select(second => budget.Take(TimeSpan.FromSeconds(second)).IsCrashLoop).ToList();

        var later = Enumerable.Range(1, 10).Select(time => budget.Take(TimeSpan.FromMinutes(6 * time)).IsCrashLoop).ToList();
        budget.Reset();

        Assert.Equal([false, false, false, false, false, true], early);
        Assert.DoesNotContain(false, later);
        Assert.False(budget.Take(TimeSpan.FromHours(2)).IsCrashLoop);
    }

    [Fact]
    public void A_restart_by_call_tries_at_once_and_is_no_way_around_the_crash_loop()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Restart.Budget) = (1, 2));
        rig.Engine.Started = instance => rig.Engine.Exit(instance, 3);
        rig.Run(30);
        var (states, creations) = (rig.States, rig.Engine.Count("create"));

        rig.Tell(new RestartAsked(rig.Status.Instances[0].Name));
        rig.Run(2);

        Assert.Equal([InstanceState.CrashLoop], states);
        Assert.Equal(creations + 1, rig.Engine.Count("create"));
        Assert.Equal([InstanceState.CrashLoop], rig.States);
    }

    [Fact]
    public void A_restart_by_call_of_an_unhealthy_instance_waits_for_its_leases()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.PanicShare, pool.Readiness) = (1, 0, new ContainerProbeOptions { Command = ["check"], Interval = TimeSpan.FromSeconds(1), FailureThreshold = 1 })).Run(3);
        var lease = rig.Acquire();
        rig.InEngine(lease.Instance).ProbeExitCode = static _ => 1;
        rig.Run(5);
        var state = rig.States[0];

        rig.Tell(new RestartAsked(lease.Instance));
        rig.Run(3);

        Assert.Equal((InstanceState.Unhealthy, InstanceState.Draining), (state, rig.States[0]));
        Assert.True(PoolRig.Holds(lease));
    }

    [Fact]
    public void A_death_that_no_event_told_is_found_by_the_list_and_the_stream_begins_anew()
    {
        var rig = new PoolRig().Settle();
        var watches = rig.Engine.Count("watch");
        rig.Engine.Copies = static _ => 0;

        rig.Engine.Exit(rig.Engine.Instances[0], 1);
        rig.Run(29);
        var unnoticed = rig.States.Count(state => state == InstanceState.Ready);
        rig.Run(5);

        Assert.Equal(2, unnoticed);
        Assert.Equal([InstanceState.Ready, InstanceState.Ready], rig.States);
        Assert.Equal(watches + 1, rig.Engine.Count("watch"));
    }

    [Fact]
    public void An_event_that_is_not_true_changes_nothing_for_long()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var lease = rig.Acquire();

        rig.Engine.Tell(rig.Engine.Instances[0], ContainerEventKind.Exited, 1);
        rig.Engine.Tell(rig.Engine.Instances[0], ContainerEventKind.Removed);
        rig.Settle();

        Assert.True(PoolRig.Holds(lease));
        Assert.NotNull(rig.TryAcquire());
        Assert.Equal(0, rig.Status.Instances[0].Restarts);
    }

    [Fact]
    public void An_instance_that_somebody_removed_comes_back()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();

        rig.Engine.Remove(rig.Engine.Instances[0].Id);
        rig.Run(3);

        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Equal(ContainerState.Running, Assert.Single(rig.Engine.Instances).State);
    }

    [Fact]
    public void An_instance_that_somebody_froze_gets_no_leases_and_is_woken()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var offered = new List<ContainerLease?>();
        rig.Engine.Fault = (call, _) => call == "resume" ? CallFault.FailBefore : null;

        rig.Engine.Pause(rig.Engine.Instances[0]);
        rig.Settle();
        offered.Add(rig.TryAcquire());
        rig.Engine.Fault = null;
        rig.Run(2);

        Assert.Null(Assert.Single(offered));
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Equal(0, rig.Status.Instances[0].Restarts);
    }

    [Fact]
    public void An_instance_that_somebody_started_anew_has_lost_its_leases()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle().Run(5);
        var lease = rig.Acquire();
        rig.Engine.Copies = static _ => 0;

        rig.Engine.Exit(rig.Engine.Instances[0], 0);
        rig.Engine.Start(rig.Engine.Instances[0]);
        rig.Run(35);

        Assert.False(PoolRig.Holds(lease));
        Assert.Equal([InstanceState.Ready], rig.States);
    }

    [Fact]
    public void Restarts_wait_longer_each_time_until_the_crash_loop()
    {
        var rig = new PoolRig(pool =>
        {
            pool.MinInstances = 1;
            (pool.Restart.Jitter, pool.Restart.Budget, pool.Restart.Delay, pool.Restart.MaxDelay) = (0, 3, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(2));
        });
        rig.Engine.Started = instance => rig.Engine.Exit(instance, 3);

        rig.Run(200);

        var made = rig.Transitions().Where(transition => transition.To == InstanceState.Creating).Select(transition => transition.At).ToList();
        Assert.Equal([2, 4, 8, 120], made.Zip(made.Skip(1), (one, next) => (int)Math.Round((next - one).TotalSeconds)));
        Assert.Equal([InstanceState.CrashLoop], rig.States);
        Assert.Contains("exit code 3", rig.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_loop_ends_by_itself_when_its_cause_does()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Restart.Budget, pool.Restart.MaxDelay) = (1, 2, TimeSpan.FromSeconds(40)));
        rig.Engine.Started = instance => rig.Engine.Exit(instance, 3);
        rig.Run(30);
        Assert.Equal([InstanceState.CrashLoop], rig.States);

        rig.Engine.Started = null;
        rig.Run(60);

        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Null(rig.Status.Problem);
    }

    [Fact]
    public void A_healthy_while_forgets_restarts()
    {
        var rig = new PoolRig(pool =>
        {
            pool.MinInstances = 1;
            (pool.Restart.Jitter, pool.Restart.Budget, pool.Restart.HealthyAfter) = (0, 2, TimeSpan.FromSeconds(60));
        }).Settle();

        for (var crash = 0; crash < 6; crash++)
        {
            rig.Engine.Exit(rig.Engine.Instances[0], 1);
            rig.Run(70);
        }

        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.DoesNotContain(rig.Transitions(), transition => transition.To == InstanceState.CrashLoop);
    }

    [Fact]
    public void What_was_made_although_the_call_failed_is_used_and_not_made_twice()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1);
        rig.Engine.Fault = (call, _) => call == "create" ? CallFault.FailAfter : null;

        rig.Settle();
        rig.Engine.Fault = null;
        rig.Run(5);

        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Equal(1, rig.Engine.Count("create"));
    }

    [Fact]
    public void A_call_that_hangs_for_one_instance_holds_up_no_other()
    {
        var rig = new PoolRig();
        string? stuck = null;
        rig.Engine.Fault = (call, name) => call == "start" && (stuck ??= name) == name ? CallFault.HangDeaf : null;

        rig.Settle();

        Assert.Equal(1, rig.States.Count(state => state == InstanceState.Ready));
        rig.Engine.Fault = null;
        Assert.True(rig.Until(() => rig.States.All(state => state == InstanceState.Ready)));
        Assert.Equal(2, rig.Engine.Instances.Count);
    }

    [Fact]
    public void A_refused_image_fails_with_its_reason_and_callers_are_told()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 3);
        rig.Engine.Fault = (call, _) => call == "create" ? CallFault.RefuseBefore : null;

        rig.Run(5);
        var acquisition = PoolRig.Done(rig.Leases.AcquireAsync(new ContainerRequest { Pool = PoolRig.Pool }, CancellationToken.None).AsTask());

        Assert.All(rig.States, state => Assert.Equal(InstanceState.Failed, state));
        Assert.Equal(AcquisitionStatus.PoolFailed, acquisition.Status);
        Assert.Contains("scripted.refused", rig.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Callers_of_a_pool_without_instances_are_not_refused_for_ever()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.IdleTime, pool.Scaling.Stabilisation) = (0, TimeSpan.Zero, TimeSpan.Zero)).Settle();
        rig.Engine.Fault = (call, _) => call == "create" ? CallFault.FailBefore : null;
        var first = rig.Leases.AcquireAsync(new ContainerRequest { Pool = PoolRig.Pool }, CancellationToken.None).AsTask();
        rig.Run(20);

        rig.Engine.Fault = null;
        rig.Run(100);
        var second = rig.Leases.AcquireAsync(new ContainerRequest { Pool = PoolRig.Pool }, CancellationToken.None).AsTask();
        rig.Run(2);

        Assert.Equal(AcquisitionStatus.PoolFailed, PoolRig.Done(first).Status);
        Assert.Equal(AcquisitionStatus.Acquired, PoolRig.Done(second).Status);
    }

    [Fact]
    public void An_engine_that_was_away_is_used_again_when_it_is_back()
    {
        var rig = new PoolRig().Settle();
        rig.Engine.Fault = static (_, _) => CallFault.FailBefore;
        rig.Engine.Copies = static _ => 0;

        rig.Engine.BreakWatches();
        foreach (var instance in rig.Engine.Instances)
        {
            rig.Engine.Exit(instance, 137);
        }

        rig.Run(60);
        Assert.Contains("does not answer", rig.Status.Problem, StringComparison.Ordinal);
        (rig.Engine.Fault, rig.Engine.Copies) = (null, static _ => 1);
        rig.Run(30);

        Assert.Equal([InstanceState.Ready, InstanceState.Ready], rig.States);
        Assert.Equal(2, rig.Engine.Instances.Count);
        Assert.Null(rig.Status.Problem);
    }

    [Fact]
    public void An_instance_that_will_not_stop_is_removed()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        rig.Engine.Fault = static (call, _) => call == "stop" ? CallFault.FailBefore : null;

        rig.Tell(new ScaleAsked(0));
        rig.Run(10);

        Assert.Empty(rig.Engine.Instances);
    }

    [Fact]
    public void A_lease_without_progress_has_its_instance_replaced_by_force()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.StuckTime) = (1, TimeSpan.FromSeconds(60))).Settle();
        var lease = rig.Acquire(TimeSpan.FromHours(2));

        rig.Run(59);
        var before = rig.Status.Instances[0].EngineId;
        rig.Run(6);

        Assert.False(PoolRig.Holds(lease));
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.NotEqual(before, rig.Status.Instances[0].EngineId);
        Assert.Contains(rig.Transitions(), transition => transition.Reason.Contains("no progress", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lease_that_is_renewed_is_never_stuck()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.StuckTime) = (1, TimeSpan.FromSeconds(60))).Settle();
        var lease = rig.Acquire(TimeSpan.FromHours(2));

        for (var renewal = 0; renewal < 10; renewal++)
        {
            rig.Run(30);
            Assert.True(PoolRig.Holds(lease));
        }

        Assert.Equal(0, rig.Status.Instances[0].Restarts);
    }

    [Fact]
    public void An_instance_on_which_a_lease_expired_is_drained_and_replaced()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var other = rig.Acquire();
        var lost = rig.Acquire(TimeSpan.FromSeconds(10));

        rig.Run(15);

        Assert.False(PoolRig.Holds(lost));
        Assert.True(PoolRig.Holds(other));
        Assert.Equal(InstanceState.Draining, rig.Instance(other.Instance).State);
        PoolRig.Release(other, succeeded: true);
        rig.Run(3);
        Assert.Equal((InstanceState.Ready, 1), (rig.Instance(other.Instance).State, rig.Instance(other.Instance).Restarts));
    }
}
