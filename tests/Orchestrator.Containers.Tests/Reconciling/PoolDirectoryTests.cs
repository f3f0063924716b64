using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>Directories of one instance's own come and go with it.</summary>
public sealed class PoolDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public void They_go_with_an_instance_that_somebody_else_removed()
    {
        var rig = Rig();
        var lease = rig.Acquire(TimeSpan.FromHours(2));
        var wasMade = Directory.Exists(Own(lease.Instance));

        rig.Tell(new DrainAsked(lease.Instance));
        rig.Engine.Remove(rig.InEngine(lease.Instance).Id);

        Assert.True(wasMade);
        Assert.True(rig.Until(() => !Directory.Exists(Own(lease.Instance))));
    }

    [Fact]
    public void They_go_with_an_instance_that_the_pool_does_not_know()
    {
        const string Unknown = "agents-0000000a";
        var rig = Rig();
        new InstanceDirectories(rig.Options, PoolRig.Owner, PoolRig.Pool).Make(Unknown, TestContext.Current.CancellationToken);

        rig.Plant(Unknown, isRunning: true, (ContainerLabels.Owner, PoolRig.Owner), (ContainerLabels.Pool, PoolRig.Pool));

        Assert.True(rig.Until(() => !Directory.Exists(Own(Unknown))));
        Assert.DoesNotContain(rig.Engine.Instances, instance => instance.Specification.Name == Unknown);
    }

    public void Dispose() => _folder.Dispose();

    private string Own(string instance) => _folder.Combine("shares", instance);

    private PoolRig Rig()
    {
        var source = Own(InstanceDirectories.Placeholder);
        var rig = new PoolRig(pool => (pool.MinInstances, pool.Mounts) = (1, [new ContainerMount(source, source, ReadOnly: false)]));
        Assert.True(rig.Until(() => rig.States is [InstanceState.Ready]));
        return rig;
    }
}
