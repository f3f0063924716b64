using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Tests.Reconciling;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Health;

public sealed class PoolHealthTests
{
    private static ContainerProbeOptions Probe(int seconds = 2, int failures = 2) =>
        new() { Command = ["check"], Interval = TimeSpan.FromSeconds(seconds), FailureThreshold = failures };

    [Fact]
    public void An_instance_is_ready_when_its_startup_probe_has_passed()
    {
        var isUp = false;
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Startup) = (1, Probe(failures: 100)));
        rig.Engine.Started = instance => instance.ProbeExitCode = _ => isUp ? 0 : 1;

        rig.Run(20);
        var before = rig.States[0];
        isUp = true;
        rig.Run(4);

        Assert.Equal((InstanceState.Starting, InstanceState.Ready), (before, rig.States[0]));
    }

    [Fact]
    public void An_instance_that_does_not_come_up_is_made_anew()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Startup) = (1, Probe()));
        rig.Engine.Started = static instance => instance.ProbeExitCode = static _ => 1;

        rig.Run(10);

        Assert.True(rig.Status.Instances[0].Restarts >= 1);
        Assert.Contains(rig.Transitions(), transition => transition.Reason.Contains("startup probe failed", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_is_not_ready_keeps_its_leases_and_gets_no_new_ones()
    {
        var rig = new PoolRig(pool => pool.Readiness = Probe()).Settle();
        var lease = rig.Acquire();

        rig.InEngine(lease.Instance).ProbeExitCode = static _ => 1;
        rig.Run(6);

        Assert.Equal(InstanceState.Unhealthy, rig.Instance(lease.Instance).State);
        Assert.True(PoolRig.Holds(lease));
        Assert.NotEqual(lease.Instance, rig.Acquire().Instance);
        Assert.NotEqual(lease.Instance, rig.Acquire().Instance);
        Assert.Null(rig.TryAcquire());
        rig.InEngine(lease.Instance).ProbeExitCode = static _ => 0;
        rig.Run(4);
        Assert.Equal(lease.Instance, rig.Acquire().Instance);
    }

    [Fact]
    public void One_failure_below_the_threshold_changes_nothing()
    {
        var failing = 1;
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Readiness) = (1, Probe())).Settle();
        rig.Engine.Instances[0].ProbeExitCode = _ => failing-- > 0 ? 1 : 0;

        rig.Run(20);

        Assert.DoesNotContain(rig.Transitions(), transition => transition.To == InstanceState.Unhealthy);
        Assert.Equal([true, false, true], rig.Checks().Select(check => check.Passed));
    }

    [Fact]
    public void One_that_is_not_alive_loses_its_leases_and_is_made_anew()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Liveness) = (1, Probe())).Settle();
        var lease = rig.Acquire();

        rig.Engine.Instances[0].ProbeExitCode = static _ => 1;
        rig.Run(12);

        Assert.False(PoolRig.Holds(lease));
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Equal(1, rig.Status.Instances[0].Restarts);
    }

    [Fact]
    public void A_probe_that_hangs_counts_as_failed_and_has_no_second_beside_it()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Liveness) = (1, Probe(seconds: 1))).Settle();
        var before = rig.Engine.Count("execute");
        rig.Engine.Fault = static (call, _) => call == "execute" ? CallFault.Hang : null;

        rig.Run(2);
        var running = rig.Engine.Count("execute") - before;

        Assert.Equal(1, running);
        Assert.True(rig.Until(() => rig.Transitions().Any(transition => transition.Reason.Contains("no answer within", StringComparison.Ordinal))));
    }

    [Fact]
    public void Where_a_readiness_command_cannot_be_ended_no_second_one_begins_and_the_instance_is_made_anew_once_its_leases_ended()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.MaxInstances, pool.Readiness) = (1, 1, Probe(seconds: 10, failures: 3))).Settle();
        var old = rig.Engine.Instances[0];
        var lease = rig.Acquire();
        var before = rig.Engine.Count("execute");
        old.HoldsCommands = true;

        var isDrained = rig.Until(() => rig.Instance(lease.Instance).State == InstanceState.Draining);
        var held = PoolRig.Holds(lease);
        var begun = rig.Engine.Count("execute") - before;
        PoolRig.Release(lease, succeeded: true);
        rig.Until(() => rig.States[0] == InstanceState.Ready);

        Assert.True(isDrained);
        Assert.True(held);
        Assert.Equal(1, begun);
        Assert.DoesNotContain(old, rig.Engine.Instances);
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Contains(rig.Transitions(), transition => transition is { To: InstanceState.Draining, Reason: "its readiness probe failed: an earlier command of it still runs and cannot be ended" });
        Assert.Contains(rig.Transitions(), static transition => transition.To == InstanceState.Unhealthy);
        Assert.Equal(3, rig.Checks().Count(static check => check.Message?.Contains("cannot be ended", StringComparison.Ordinal) == true));
    }

    [Theory]
    [InlineData(ContainerCheckKind.Startup)]
    [InlineData(ContainerCheckKind.Liveness)]
    public void Where_another_command_cannot_be_ended_no_second_one_begins_either_and_the_instance_is_made_anew(ContainerCheckKind kind)
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Startup, pool.Liveness) =
            (1, kind == ContainerCheckKind.Startup ? Probe(failures: 4) : null, kind == ContainerCheckKind.Liveness ? Probe(failures: 4) : null));
        var isFirst = true;
        rig.Engine.Started = instance => (instance.HoldsCommands, isFirst) = (isFirst, false);

        var isReplaced = rig.Until(() => rig.Status.Instances is [{ Restarts: 1, State: InstanceState.Ready }]);

        Assert.True(isReplaced);
        Assert.Contains(rig.Transitions(), transition => transition.To == InstanceState.Stopping && transition.Reason.Contains("cannot be ended", StringComparison.Ordinal));
        Assert.Equal(3, rig.Engine.Count("end"));
    }

    [Fact]
    public void A_call_about_a_readiness_command_that_never_ends_keeps_an_instance_out_of_service_for_minutes_at_most()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Readiness) = (1, Probe(seconds: 10, failures: 3))).Settle();
        var old = rig.Engine.Instances[0];
        var isFirst = true;
        rig.Engine.Fault = (call, _) =>
        {
            var fault = call == "execute" && isFirst ? CallFault.HangDeaf : (CallFault?)null;
            isFirst &= fault is null;
            return fault;
        };

        rig.Run(100);
        var meanwhile = rig.States[0];
        rig.Run(100);

        Assert.Equal(InstanceState.Unhealthy, meanwhile);
        Assert.DoesNotContain(old, rig.Engine.Instances);
        Assert.Equal([InstanceState.Ready], rig.States);
    }

    [Fact]
    public void A_readiness_command_that_ends_late_is_followed_by_the_next_one()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Readiness) = (1, Probe(seconds: 10, failures: 3))).Settle();
        var instance = rig.Engine.Instances[0];
        instance.HoldsCommands = true;

        rig.Until(() => rig.Engine.Count("end") == 1);
        instance.HoldsCommands = false;
        var before = rig.Engine.Count("execute");
        rig.Until(() => rig.Engine.Count("execute") > before + 1);

        Assert.Same(instance, Assert.Single(rig.Engine.Instances));
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.DoesNotContain(rig.Transitions(), static transition => transition.To is InstanceState.Draining or InstanceState.Stopping);
    }

    [Fact]
    public void Failed_leases_make_an_instance_unhealthy_for_a_while()
    {
        var rig = new PoolRig(pool => (pool.Passive.MinimumOutcomes, pool.Passive.Recovery) = (4, TimeSpan.FromSeconds(20))).Settle();
        var bad = rig.Status.Instances[0].Name;

        FailOn(rig, bad, outcomes: 4);
        rig.Run(1);
        var judged = rig.Instance(bad).State;
        var others = Enumerable.Range(0, 2).Select(_ => rig.Acquire().Instance).ToList();
        rig.Run(22);

        Assert.Equal(InstanceState.Unhealthy, judged);
        Assert.DoesNotContain(bad, others);
        Assert.Equal(InstanceState.Ready, rig.Instance(bad).State);
        Assert.Equal([false, true], rig.Checks(bad).Where(check => check.Kind == ContainerCheckKind.Passive).Select(check => check.Passed));
    }

    [Fact]
    public void Too_few_outcomes_say_nothing()
    {
        var rig = new PoolRig(pool => pool.Passive.MinimumOutcomes = 5).Settle();
        var bad = rig.Status.Instances[0].Name;

        FailOn(rig, bad, outcomes: 4);
        rig.Run(1);

        Assert.Equal(InstanceState.Ready, rig.Instance(bad).State);
    }

    [Fact]
    public void When_most_are_unhealthy_leases_are_given_on_all_that_run()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.HardLimit, pool.Readiness) = (3, 1, Probe())).Settle();
        foreach (var instance in rig.Engine.Instances.Take(2))
        {
            instance.ProbeExitCode = static _ => 1;
        }

        rig.Run(6);
        var leases = Enumerable.Range(0, 3).Select(_ => rig.Acquire().Instance).ToHashSet();

        Assert.True(rig.Leases.IsPanic);
        Assert.Equal(3, leases.Count);
        Assert.Equal(2, rig.States.Count(state => state == InstanceState.Unhealthy));
        Assert.Contains("Too few", rig.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Panic_ends_when_enough_are_healthy()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.HardLimit, pool.Readiness) = (3, 1, Probe())).Settle();
        foreach (var instance in rig.Engine.Instances.Take(2))
        {
            instance.ProbeExitCode = static _ => 1;
        }

        rig.Run(6);
        rig.Engine.Instances[0].ProbeExitCode = static _ => 0;
        rig.Run(6);

        Assert.False(rig.Leases.IsPanic);
        Assert.NotNull(rig.TryAcquire());
        Assert.NotNull(rig.TryAcquire());
        Assert.Null(rig.TryAcquire());
    }

    [Fact]
    public void The_engines_own_check_decides_where_the_pool_has_none()
    {
        var rig = new PoolRig().Settle();
        var instance = rig.Engine.Instances[0];

        rig.Engine.Check(instance, ContainerHealth.Unhealthy);
        rig.Settle();
        var unhealthy = rig.Instance(instance.Specification.Name).State;
        rig.Engine.Check(instance, ContainerHealth.Healthy);
        rig.Settle();

        Assert.Equal((InstanceState.Unhealthy, InstanceState.Ready), (unhealthy, rig.Instance(instance.Specification.Name).State));
    }

    [Fact]
    public void The_engines_own_check_only_hurries_the_pools_probes()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Readiness) = (1, Probe(seconds: 600))).Settle();
        var before = rig.Engine.Count("execute");

        rig.Engine.Check(rig.Engine.Instances[0], ContainerHealth.Unhealthy);
        rig.Settle();

        Assert.Equal(before + 1, rig.Engine.Count("execute"));
        Assert.Equal([InstanceState.Ready], rig.States);
    }

    private static void FailOn(PoolRig rig, string instance, int outcomes)
    {
        var others = new List<ContainerLease>();
        for (var failed = 0; failed < outcomes;)
        {
            var lease = rig.Acquire();
            if (lease.Instance == instance)
            {
                PoolRig.Release(lease, succeeded: false);
                failed++;
            }
            else
            {
                others.Add(lease);
            }

            if (others.Count == rig.Options.HardLimit)
            {
                others.ForEach(other => PoolRig.Release(other, succeeded: true));
                others.Clear();
            }
        }

        others.ForEach(other => PoolRig.Release(other, succeeded: true));
    }
}
