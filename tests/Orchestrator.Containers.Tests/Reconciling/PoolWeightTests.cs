using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class PoolWeightTests
{
    [Fact]
    public void A_weight_is_in_the_status_and_the_next_leases_follow_it()
    {
        var rig = new PoolRig(pool => (pool.HardLimit, pool.Policy) = (100, "least-requests")).Settle();
        var (heavy, light) = (rig.Status.Instances[0].Name, rig.Status.Instances[1].Name);
        Assert.All(rig.Status.Instances, instance => Assert.Equal(1, instance.Weight));

        rig.Tell(new WeightAsked(heavy, 3));
        for (var lease = 0; lease < 40; lease++)
        {
            rig.Acquire();
        }

        Assert.Equal((3.0, 1.0), (rig.Instance(heavy).Weight, rig.Instance(light).Weight));
        Assert.Equal((30, 10), (rig.Instance(heavy).Leases, rig.Instance(light).Leases));
    }

    [Fact]
    public void A_weight_stays_with_an_instance_that_is_restarted_and_goes_with_one_that_is_removed()
    {
        var rig = new PoolRig().Settle();
        var (kept, gone) = (rig.Status.Instances[0].Name, rig.Status.Instances[1].Name);
        rig.Tell(new WeightAsked(kept, 3));
        rig.Tell(new WeightAsked(gone, 0.5));

        rig.Tell(new RestartAsked(kept));
        rig.Tell(new DrainAsked(gone));
        rig.Run(5);

        Assert.Equal(1, rig.Instance(kept).Restarts);
        Assert.Equal([1.0, 3.0], rig.Status.Instances.Select(instance => instance.Weight).Order());
        Assert.DoesNotContain(rig.Status.Instances, instance => instance.Name == gone);
    }

    [Fact]
    public void A_weight_for_what_is_gone_changes_nothing()
    {
        var rig = new PoolRig().Settle();

        rig.Tell(new WeightAsked("agents-gone", 3));

        Assert.All(rig.Status.Instances, instance => Assert.Equal(1, instance.Weight));
    }
}
