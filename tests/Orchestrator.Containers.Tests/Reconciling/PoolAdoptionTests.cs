using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class PoolAdoptionTests
{
    [Fact]
    public void A_restarted_orchestrator_keeps_what_runs()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 3).Settle();
        var before = rig.Status.Instances.Select(instance => instance.EngineId).Order().ToList();
        var creations = rig.Engine.Count("create");

        rig.Restart().Run(2);

        Assert.Equal(before, rig.Status.Instances.Select(instance => instance.EngineId).Order());
        Assert.All(rig.States, state => Assert.Equal(InstanceState.Ready, state));
        Assert.Equal(creations, rig.Engine.Count("create"));
    }

    [Fact]
    public void Fencing_tokens_grow_over_a_restart()
    {
        var rig = new PoolRig().Settle();
        rig.Acquire();
        var before = rig.Acquire().Token;

        rig.Run(1).Restart().Run(2);

        Assert.True(rig.Acquire().Token > before);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void What_may_still_work_for_who_leased_it_alone_is_made_anew_before_its_first_lease(bool mayBeStuck, bool isKept)
    {
        var rig = new PoolRig(pool => (pool.HardLimit, pool.StuckTime) = (1, mayBeStuck ? TimeSpan.FromMinutes(15) : null)).Settle();
        var before = rig.Status.Instances.ToDictionary(instance => instance.Name, instance => instance.EngineId);

        rig.Restart().Settle();
        var offered = rig.TryAcquire();
        rig.Run(3);

        Assert.True(offered is null || isKept || before[offered.Instance] != offered.EngineId);
        Assert.All(rig.States, state => Assert.True(state is InstanceState.Ready or InstanceState.Busy));
        Assert.All(rig.Status.Instances, instance => Assert.Equal(isKept, before[instance.Name] == instance.EngineId));
    }

    [Fact]
    public void What_was_found_serves_only_after_its_probe_passed()
    {
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Readiness) = (1, new ContainerProbeOptions { Command = ["check"], Interval = TimeSpan.FromSeconds(2) })).Settle();
        var instance = rig.Engine.Instances[0];
        instance.ProbeExitCode = static _ => 1;

        rig.Restart().Run(10);
        var before = rig.States[0];
        instance.ProbeExitCode = static _ => 0;
        rig.Run(3);

        Assert.Equal((InstanceState.Starting, InstanceState.Ready), (before, rig.States[0]));
    }

    [Fact]
    public void Instances_of_an_older_revision_are_replaced_and_never_fewer_serve_than_shall()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 3).Settle();
        var old = rig.Engine.Instances.Select(instance => instance.Id).ToList();
        rig.Options.Image = "newer";
        var fewest = int.MaxValue;
        var most = 0;

        rig.Restart().Settle();
        rig.Run(1);
        for (var second = 0; second < 30; second++)
        {
            fewest = Math.Min(fewest, rig.Status.Instances.Count(instance => instance.State == InstanceState.Ready));
            most = Math.Max(most, rig.Engine.Instances.Count);
            rig.Run(1);
        }

        Assert.Equal((3, 4), (fewest, most));
        Assert.Equal(3, rig.Engine.Instances.Count);
        Assert.All(rig.Engine.Instances, instance => Assert.Equal("newer", instance.Specification.Image));
        Assert.DoesNotContain(rig.Engine.Instances, instance => old.Contains(instance.Id));
    }

    [Fact]
    public void The_old_revision_stays_while_the_new_one_does_not_come_up()
    {
        var rig = new PoolRig().Settle();
        rig.Options.Image = "newer";
        rig.Engine.Started = instance => rig.Engine.Exit(instance, 1);

        rig.Restart().Run(120);

        Assert.Equal(2, rig.States.Count(state => state == InstanceState.Ready));
        Assert.NotNull(rig.TryAcquire());
    }

    [Fact]
    public void An_instance_of_an_older_revision_finishes_its_lease()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1).Settle();
        rig.Options.Image = "newer";
        rig.Engine.Fault = static (call, _) => call == "create" ? CallFault.FailBefore : null;
        rig.Restart().Run(2);
        var lease = rig.Acquire();
        rig.Engine.Fault = null;

        rig.Run(30);

        Assert.True(PoolRig.Holds(lease));
        Assert.Equal(InstanceState.Draining, rig.Instance(lease.Instance).State);
        PoolRig.Release(lease, succeeded: true);
        rig.Run(2);
        Assert.Equal("newer", Assert.Single(rig.Engine.Instances).Specification.Image);
    }

    [Fact]
    public void What_is_stopped_is_removed_and_made_anew()
    {
        var rig = new PoolRig().Settle();
        rig.Engine.Copies = static _ => 0;
        rig.Engine.Exit(rig.Engine.Instances[0], 0);

        rig.Restart().Run(2);

        Assert.Equal([InstanceState.Ready, InstanceState.Ready], rig.States);
        Assert.All(rig.Engine.Instances, instance => Assert.Equal(ContainerState.Running, instance.State));
        Assert.Equal(2, rig.Engine.Instances.Count);
    }

    [Fact]
    public void What_is_not_its_own_is_never_touched()
    {
        var rig = new PoolRig();
        rig.Plant("stranger", isRunning: true);
        rig.Plant("other-owner", isRunning: true, (ContainerLabels.Owner, "somebody"), (ContainerLabels.Pool, PoolRig.Pool), (ContainerLabels.Instance, "other-owner"));
        rig.Plant("other-pool", isRunning: true, (ContainerLabels.Owner, PoolRig.Owner), (ContainerLabels.Pool, "another"), (ContainerLabels.Instance, "other-pool"));

        rig.Run(65);

        string[] planted = ["stranger", "other-owner", "other-pool"];
        Assert.Equal(planted.Length, rig.Engine.Instances.Count(instance => planted.Contains(instance.Specification.Name) && instance.State == ContainerState.Running));
        Assert.DoesNotContain(rig.Engine.Calls, call => planted.Any(name => call.EndsWith(" " + name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_belongs_to_a_pool_that_is_gone_is_removed_at_start_and_now_and_then()
    {
        var rig = new PoolRig();
        rig.Plant("left-over", isRunning: true, (ContainerLabels.Owner, PoolRig.Owner), (ContainerLabels.Pool, "gone"));
        rig.Plant("other-owner", isRunning: true, (ContainerLabels.Owner, "somebody"), (ContainerLabels.Pool, "gone"));
        rig.Plant("kept", isRunning: true, (ContainerLabels.Owner, PoolRig.Owner), (ContainerLabels.Pool, PoolRig.Pool));
        var sweeper = new PoolSweeper(rig.Engine, PoolRig.Owner, new HashSet<string> { PoolRig.Pool }, rig.Clock, NullLogger.Instance);

        using var ended = new CancellationTokenSource();

        var sweeping = sweeper.RunAsync(ended.Token);
        var atStart = Names(rig);
        rig.Plant("later", isRunning: true, (ContainerLabels.Owner, PoolRig.Owner), (ContainerLabels.Pool, "gone"));
        rig.Engine.Fault = static (call, _) => call == "remove" ? CallFault.FailBefore : null;
        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        var whileItFails = Names(rig);
        rig.Engine.Fault = null;
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        var atLast = Names(rig);
        await ended.CancelAsync();
        await sweeping;

        Assert.Equal(["kept", "other-owner"], atStart);
        Assert.Equal(["kept", "later", "other-owner"], whileItFails);
        Assert.Equal(["kept", "other-owner"], atLast);
    }

    [Fact]
    public void Something_unknown_with_the_pools_labels_is_removed_later_too()
    {
        var rig = new PoolRig().Settle();
        rig.Plant("late", isRunning: true, (ContainerLabels.Owner, PoolRig.Owner), (ContainerLabels.Pool, PoolRig.Pool));

        rig.Run(31);

        Assert.DoesNotContain(rig.Engine.Instances, instance => instance.Specification.Name == "late");
        Assert.Equal(2, rig.Engine.Instances.Count);
    }

    [Fact]
    public void The_revision_changes_with_what_instances_are_made_of_and_with_nothing_else()
    {
        var options = new ContainerPoolOptions { Image = "a" };
        var before = new PoolSpecification("p", "o", options).Revision;

        options.MaxInstances = 99;
        var same = new PoolSpecification("p", "o", options).Revision;
        options.MemoryBytes = 1;
        var other = new PoolSpecification("p", "o", options).Revision;

        Assert.Equal(before, same);
        Assert.NotEqual(before, other);
    }

    private static string[] Names(PoolRig rig) => [.. rig.Engine.Instances.Select(instance => instance.Specification.Name).Order(StringComparer.Ordinal)];
}
