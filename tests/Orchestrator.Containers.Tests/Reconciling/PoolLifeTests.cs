using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class PoolLifeTests
{
    [Fact]
    public void A_pool_makes_and_starts_its_minimum()
    {
        var rig = new PoolRig().Settle();

        Assert.Equal([InstanceState.Ready, InstanceState.Ready], rig.States);
        Assert.All(rig.Engine.Instances, instance => Assert.Equal(ContainerState.Running, instance.State));
        Assert.Null(rig.Status.Problem);
    }

    [Fact]
    public void An_instance_carries_the_labels_by_which_it_is_found_again()
    {
        var rig = new PoolRig().Settle();

        var labels = rig.Engine.Instances[0].Specification.Labels;

        Assert.Equal((PoolRig.Pool, PoolRig.Owner, rig.Engine.Instances[0].Specification.Name), (labels[ContainerLabels.Pool], labels[ContainerLabels.Owner], labels[ContainerLabels.Instance]));
        Assert.Equal(16, labels[ContainerLabels.Revision].Length);
    }

    [Fact]
    public void Two_hundred_idle_instances_cost_no_call_but_a_list_each_half_minute()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.MaxInstances) = (200, 200)).Settle();
        Assert.All(rig.States, state => Assert.Equal(InstanceState.Ready, state));
        rig.Run(30);
        var before = rig.Engine.Calls.Count;

        rig.Run(29);
        var within = rig.Engine.Calls.Count - before;
        rig.Run(1);

        Assert.Equal(0, within);
        Assert.Equal("list all", Assert.Single(rig.Engine.Calls.Skip(before)));
    }

    [Fact]
    public void Every_change_is_in_the_history_with_its_reason()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();

        var transitions = rig.Transitions();

        Assert.Equal([InstanceState.Creating, InstanceState.Starting, InstanceState.Ready], transitions.Select(transition => transition.To));
        Assert.All(transitions, transition => Assert.NotEmpty(transition.Reason));
        Assert.All(transitions, transition => Assert.Equal("worker", transition.WorkerName));
    }

    [Fact]
    public void No_more_than_the_allowed_number_are_started_at_once()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.MaxInstances) = (6, 8));
        rig.Engine.Latency = TimeSpan.FromMilliseconds(100);
        var most = 0;

        for (var step = 0; step < 60; step++)
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(50));
            rig.Settle();
            var calls = rig.Engine.Calls;
            most = Math.Max(most, calls.Count(call => call.StartsWith("create ", StringComparison.Ordinal)) - rig.Engine.Instances.Count);
        }

        Assert.Equal(2, most);
        Assert.Equal(6, rig.States.Count(state => state == InstanceState.Ready));
    }

    [Fact]
    public void A_drained_instance_ends_with_its_last_lease_and_is_replaced()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var lease = rig.Acquire();

        rig.Tell(new DrainAsked(lease.Instance));
        Assert.Equal(InstanceState.Draining, rig.Instance(lease.Instance).State);
        rig.Run(5);

        Assert.True(PoolRig.Holds(lease));
        Assert.NotEqual(lease.Instance, rig.Acquire().Instance);
        PoolRig.Release(lease, succeeded: true);
        rig.Run(2);
        Assert.DoesNotContain(rig.Engine.Instances, instance => instance.Specification.Name == lease.Instance);
        Assert.Equal([InstanceState.Ready], rig.States);
    }

    [Fact]
    public void A_drain_that_takes_too_long_ends_the_leases()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.DrainDeadline) = (1, TimeSpan.FromSeconds(20))).Settle();
        var lease = rig.Acquire();

        rig.Tell(new DrainAsked(lease.Instance));
        rig.Run(18);
        var held = PoolRig.Holds(lease);
        rig.Run(4);

        Assert.True(held);
        Assert.False(PoolRig.Holds(lease));
        Assert.DoesNotContain(rig.Engine.Instances, instance => instance.Specification.Name == lease.Instance);
    }

    [Fact]
    public void An_instance_is_replaced_on_demand_under_its_name()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        var before = rig.Status.Instances[0];

        rig.Tell(new RestartAsked(before.Name));
        rig.Run(1);

        var after = Assert.Single(rig.Status.Instances);
        Assert.Equal((before.Name, InstanceState.Ready, 1), (after.Name, after.State, after.Restarts));
        Assert.NotEqual(before.EngineId, after.EngineId);
    }

    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(0, 60)]
    public void A_pool_without_instances_grows_for_callers_that_do_not_or_may_not_wait(int maxWaiting, int timeout)
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.MaxWaiting) = (0, maxWaiting)).Settle();
        var request = new ContainerRequest { Pool = PoolRig.Pool, Timeout = TimeSpan.FromSeconds(timeout) };

        var first = PoolRig.Done(rig.Leases.AcquireAsync(request, CancellationToken.None).AsTask());
        rig.Run(3);
        var second = PoolRig.Done(rig.Leases.AcquireAsync(request, CancellationToken.None).AsTask());

        Assert.NotEqual(AcquisitionStatus.Acquired, first.Status);
        Assert.Equal(AcquisitionStatus.Acquired, second.Status);
    }

    [Fact]
    public void A_pool_follows_the_number_that_was_asked_for()
    {
        var rig = new PoolRig().Settle();

        rig.Tell(new ScaleAsked(4));
        rig.Run(1);
        var grown = rig.States.Count;
        rig.Tell(new ScaleAsked(1));
        rig.Run(2);

        Assert.Equal(4, grown);
        Assert.Single(rig.Engine.Instances);
    }

    [Fact]
    public void Shrinking_spares_the_instances_that_serve()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 3).Settle();
        var lease = rig.Acquire();

        rig.Tell(new ScaleAsked(1));
        rig.Run(2);

        Assert.Equal(lease.Instance, Assert.Single(rig.Status.Instances).Name);
        Assert.True(PoolRig.Holds(lease));
    }

    [Fact]
    public void A_pool_with_no_instance_comes_up_for_a_caller_and_goes_down_again()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.IdleTime, pool.Scaling.Stabilisation) = (0, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10))).Settle();
        Assert.Empty(rig.Status.Instances);

        var waiting = rig.Leases.AcquireAsync(new ContainerRequest { Pool = PoolRig.Pool }, CancellationToken.None).AsTask();
        rig.Run(1);

        var lease = PoolRig.Done(waiting).Lease;
        Assert.NotNull(lease);
        PoolRig.Release(lease, succeeded: true);
        rig.Run(45);
        Assert.Empty(rig.Engine.Instances);
    }

    [Fact]
    public void Warm_instances_wait_frozen_and_are_woken_first()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.WarmInstances) = (1, 1)).Settle().Run(1);
        var warm = Assert.Single(rig.Status.Instances, instance => instance.State == InstanceState.Stopped);
        Assert.Equal(ContainerState.Paused, rig.InEngine(warm.Name).State);

        rig.Tell(new ScaleAsked(2));
        rig.Run(1);

        Assert.Equal(InstanceState.Ready, rig.Instance(warm.Name).State);
        Assert.Equal(1, rig.Engine.Count("resume"));
    }

    [Fact]
    public void Warm_instances_may_be_kept_made_and_not_started()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.WarmInstances, pool.Warmth) = (1, 1, ContainerWarmth.Created)).Settle().Run(1);
        var warm = Assert.Single(rig.Status.Instances, instance => instance.State == InstanceState.Stopped);
        Assert.Equal(ContainerState.Created, rig.InEngine(warm.Name).State);

        rig.Tell(new ScaleAsked(2));
        rig.Run(1);

        Assert.Equal(InstanceState.Ready, rig.Instance(warm.Name).State);
    }

    [Fact]
    public void A_pool_grows_by_the_warm_instance_that_serves_soonest()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.WarmInstances) = (1, 2));
        var made = new List<string>();
        rig.Engine.Fault = (call, name) =>
        {
            made.AddRange(call == "create" && !made.Contains(name) ? [name] : []);
            return call == "create" && made.IndexOf(name) == 1 ? CallFault.RefuseBefore : null;
        };
        rig.Settle().Run(1);
        var before = rig.States.Order().ToList();

        rig.Tell(new ScaleAsked(2));
        rig.Run(1);

        Assert.Equal(new[] { InstanceState.Ready, InstanceState.Stopped, InstanceState.Failed }.Order(), before);
        Assert.Equal(2, rig.States.Count(state => state == InstanceState.Ready));
    }

    [Fact]
    public void An_emptied_pool_leaves_nothing()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 3).Settle();
        var lease = rig.Acquire();

        rig.Tell(new EmptyAsked());
        rig.Run(2);

        Assert.Empty(rig.Engine.Instances);
        Assert.Empty(rig.Status.Instances);
        Assert.False(PoolRig.Holds(lease));
    }

    [Fact]
    public void A_busy_instance_says_so()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.HardLimit) = (1, 1)).Settle();
        var lease = rig.Acquire();

        rig.Run(1);
        var busy = rig.States[0];
        PoolRig.Release(lease, succeeded: true);
        rig.Run(1);

        Assert.Equal((InstanceState.Busy, InstanceState.Ready), (busy, rig.States[0]));
    }

    [Fact]
    public void A_new_instance_warms_up_first()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.SlowStart) = (1, TimeSpan.FromSeconds(5))).Settle();

        var first = rig.States[0];
        rig.Run(6);

        Assert.Equal((InstanceState.WarmingUp, InstanceState.Ready), (first, rig.States[0]));
    }
}
