using Orchestrator.Routing.Decisions;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Recording;

public sealed class ShadowTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_shadow_would_have_decided_is_kept_beside_the_decision_and_touches_nothing()
    {
        await using var rig = Rig(new RouteTarget { Provider = "b" });
        var task = NewTask() with { SessionKey = "s" };

        var decision = rig.Router.Route(task);
        var (real, shadow) = await RecordsAsync(rig);

        Assert.Equal((decision, "a", RoutingReason.BestScore), (real.Decision, real.Decision.Provider, real.Decision.Reason));
        Assert.Equal(("b", RoutingReason.Experiment, "ab/x"), (shadow.Decision.Provider, shadow.Decision.Reason, shadow.Decision.Because));
        Assert.NotEqual(real.Decision.Id, shadow.Decision.Id);
        Assert.Equal((real.Decision.Seed, real.State, real.SnapshotDigest, real.At), (shadow.Decision.Seed, shadow.State, shadow.SnapshotDigest, shadow.At));
        Assert.Equal(("a", RoutingReason.Sticky), (rig.Router.Route(task).Provider, rig.Router.Route(task).Reason));
    }

    [Fact]
    public async Task A_shadow_that_finds_nobody_is_kept_as_a_rejection()
    {
        await using var rig = Rig(new RouteTarget { Provider = "b" });
        rig.Rig.Registry.States[1].Draining = 1;

        var decision = rig.Router.Route(NewTask());
        var (_, shadow) = await RecordsAsync(rig);

        Assert.Equal("a", decision.Provider);
        Assert.True(shadow.Decision.IsRejected);
        Assert.Equal([RejectionReason.Rule, RejectionReason.Draining], shadow.Decision.Rejection!.Candidates.Select(candidate => candidate.Rejection));
    }

    [Fact]
    public async Task A_shadow_takes_no_probe_of_a_half_open_provider()
    {
        await using var rig = Rig(new RouteTarget { Provider = "b" });
        rig.Rig.Ended("b", Providers.FailureClass.Authentication);
        rig.Clock.Advance(TimeSpan.FromHours(1));

        rig.Router.Route(NewTask());
        var (_, shadow) = await RecordsAsync(rig);

        Assert.Equal("b", shadow.Decision.Provider);
        Assert.Equal("b", rig.Router.Route(NewTask() with { Provider = "b" }).Provider);
    }

    [Fact]
    public async Task A_shadows_decision_replays_like_any_other_and_is_no_witness_for_other_settings()
    {
        await using var rig = Rig(new RouteTarget { Provider = "b", Profile = Tasks.CostProfile.Quality });
        rig.Router.Route(NewTask());
        var (real, shadow) = await RecordsAsync(rig);

        foreach (var record in new[] { real, shadow })
        {
            var replay = Assert.IsType<RoutingReplay>(await rig.Replayer.ReplayAsync(record.Decision.Id, Cancel));
            Assert.True(replay.IsSame, string.Join("; ", replay.Differences));
        }

        var evaluation = await rig.Replayer.EvaluateAsync(new ProviderRoutingOptions { UseCatalogue = false, Learning = { ExplorationShare = 0, FloorShare = 0 } }, cancellationToken: Cancel);
        Assert.Equal((1, 1.0), (evaluation.Decisions, evaluation.Agreement));
    }

    [Fact]
    public async Task A_task_in_no_arm_and_an_experiment_that_is_no_shadow_leave_one_record()
    {
        await using var rest = Rig(new RouteTarget { Provider = "b" }, share: 0.0001);
        await using var real = Rig(new RouteTarget { Provider = "b" }, isShadow: false);

        rest.Router.Route(NewTask());
        real.Router.Route(NewTask());
        await rest.Recorder.FlushAsync(Cancel);
        await real.Recorder.FlushAsync(Cancel);

        Assert.False(Assert.Single(await rest.Log.ListAsync(new RoutingRecordQuery(), Cancel)).IsShadow);
        Assert.Equal("b", Assert.Single(await real.Log.ListAsync(new RoutingRecordQuery(), Cancel)).Decision.Provider);
    }

    [Fact]
    public async Task A_decision_with_a_shadow_that_is_recorded_allocates_nothing_in_steady_state()
    {
        var gate = new TaskCompletionSource();
        var log = new FlakyDecisionLog(gate: gate.Task);
        await using var rig = Rig(new RouteTarget { Provider = "b" });
        await using var recorder = new RoutingRecorder(log, rig.Clock, options: new RoutingRecorderConfig { Capacity = 64 });
        rig.Router.Observer = recorder;
        var task = NewTask();
        rig.Router.Route(task);
        await log.Entered.Task.WaitAsync(Cancel);
        for (var i = 0; i < 1_000; i++)
        {
            rig.Router.Route(task);
        }

        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            rig.Router.Route(task);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        gate.SetResult();

        Assert.Equal(0, allocated);
    }

    private static RecordingRig Rig(RouteTarget target, double share = 1, bool isShadow = true) => new(
        [Provider("a"), Provider("b", 1)],
        options => options.Experiments.Add(new() { Name = "ab", Shadow = isShadow, Arms = [new() { Name = "x", Share = share, Then = target }] }));

    private static async Task<(RoutingRecord Real, RoutingRecord Shadow)> RecordsAsync(RecordingRig rig)
    {
        await rig.Recorder.FlushAsync(Cancel);
        var records = await rig.Log.ListAsync(new RoutingRecordQuery(), Cancel);
        Assert.Equal(2, records.Count);
        return (Assert.Single(records, record => !record.IsShadow), Assert.Single(records, record => record.IsShadow));
    }
}
