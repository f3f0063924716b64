using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>What a defect of the pool's own does: as little as possible.</summary>
public sealed class PoolBreakageTests
{
    [Fact]
    public void States_that_may_not_follow_each_other_fail_their_instance_and_no_other()
    {
        var rig = new PoolRig();
        var pool = new PoolState(rig.Reconciler.Parts) { IsAdopted = true };
        var step = new PoolStep(pool, static () => { });
        pool.Tick();
        step.Run();
        var (one, other) = (pool.Instances[0], pool.Instances[1]);

        pool.Move(one, InstanceState.Busy, "the test wants it");
        var states = (one.State, other.State);
        pool.Work.Clear();
        step.Take(new ActionEnded(one, InstanceActionKind.Create, new ActionResult(null, "id"), TimeSpan.Zero));
        step.Take(new ActionEnded(other, InstanceActionKind.Create, new ActionResult(null, "other"), TimeSpan.Zero));
        step.Run();

        Assert.Equal((InstanceState.Failed, InstanceState.Creating), states);
        Assert.Contains("from Creating to Busy", rig.Breakages.Take()!.Message, StringComparison.Ordinal);
        Assert.Equal(
            [(other, InstanceActionKind.Start), (one, InstanceActionKind.Remove)],
            pool.Work.Actions.Select(work => (work.Instance, work.Action.Kind)));
    }

    [Fact]
    public async Task A_message_that_breaks_loses_neither_the_others_nor_who_waits_for_them()
    {
        var rig = new PoolRig { ToleratesBreakage = true }.Settle();

        rig.Reconciler.Tell(new ListEnded(0, null, null)); // Neither an answer nor a failure.
        var asked = rig.Reconciler.AskAsync(new ScaleAsked(3), TestContext.Current.CancellationToken);
        rig.Settle();

        Assert.NotNull(rig.Breakages.Take());
        rig.Run(5);
        await asked.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(3, rig.States.Count(state => state == InstanceState.Ready));
    }

    [Fact]
    public async Task Who_asks_a_pool_that_stops_or_has_stopped_is_told_so()
    {
        var rig = new PoolRig();

        var before = rig.Reconciler.AskAsync(new ScaleAsked(3), TestContext.Current.CancellationToken);
        await rig.Reconciler.DisposeAsync();
        var after = rig.Reconciler.AskAsync(new ScaleAsked(3), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => before);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => after);
    }

    [Fact]
    public void What_a_step_decided_before_it_broke_is_done()
    {
        var rig = new PoolRig(pool => pool.MinInstances = 1);
        rig.Engine.Fault = static (call, _) => call == "create" ? CallFault.FailBefore : null;
        rig.Settle();
        rig.Engine.Fault = null;
        var scaling = rig.Options.Scaling;

        rig.Options.Scaling = null!; // What comes after the instances reads it once a start has failed.
        var broken = Record.Exception(() => rig.Run(3));
        rig.Options.Scaling = scaling;
        rig.Run(2);

        Assert.NotNull(broken);
        Assert.Equal([InstanceState.Ready], rig.States);
        Assert.Equal(2, rig.Engine.Count("create"));
    }

    [Fact]
    public void What_breaks_inside_a_step_breaks_the_test()
    {
        var rig = new PoolRig().Settle();
        rig.Reconciler.Tell(new ListEnded(0, null, null));

        Assert.NotNull(Record.Exception(() => rig.Settle()));
    }
}
