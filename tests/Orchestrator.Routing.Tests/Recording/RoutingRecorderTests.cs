using System.Text.Json;
using Orchestrator.Providers;
using Orchestrator.Routing.Decisions;
using Orchestrator.Tasks;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Recording;

public sealed class RoutingRecorderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_is_kept_with_everything_but_the_words_of_the_task()
    {
        await using var rig = new RecordingRig([Provider("a"), Provider("b")]);
        var task = NewTask() with { Instructions = new string('x', 5_000), VerifyCommand = new CommandLine { Executable = "make" } };
        var constraints = new RoutingConstraints { Excluded = ["b"] };

        var decision = rig.Router.Route(task, constraints);
        var record = await rig.FindAsync(decision.Id);

        Assert.Equal(decision, record.Decision);
        Assert.Equal(task with { Instructions = "(not kept)", VerifyCommand = null, Complexity = TaskComplexity.Complex }, record.Task);
        Assert.Equal(constraints, record.Constraints);
        Assert.Equal(rig.Clock.GetUtcNow(), record.At);
        Assert.Equal(("w1", "c1", false), (record.WorkerName, record.ContainerName, record.IsShadow));
        Assert.NotNull(await rig.Log.FindSnapshotAsync(record.SnapshotDigest, Cancel));
    }

    [Fact]
    public async Task Rejections_and_outcomes_are_kept_too_and_outcomes_of_no_decision_are_not()
    {
        await using var rig = new RecordingRig([Provider("a")]);

        var rejected = rig.Router.Route(NewTask() with { Provider = "nobody" });
        var decision = rig.Router.Route(NewTask());
        rig.Report(decision, OutcomeStage.Ended);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Report(decision, OutcomeStage.Verified, FailureClass.VerificationFailed);
        rig.Rig.Ended("a", failure: null);
        await rig.Recorder.FlushAsync(Cancel);

        Assert.True((await rig.FindAsync(rejected.Id)).Decision.IsRejected);
        var outcomes = await rig.Log.ListOutcomesAsync(decision.Id, Cancel);
        Assert.Equal([OutcomeStage.Ended, OutcomeStage.Verified], outcomes.Select(outcome => outcome.Outcome.Stage));
        Assert.Equal(rig.Clock.GetUtcNow(), outcomes[1].At);
        Assert.Empty(await rig.Log.ListOutcomesAsync(Guid.Empty, Cancel));
    }

    [Fact]
    public async Task Nothing_is_kept_when_the_settings_say_so()
    {
        await using var rig = new RecordingRig([Provider("a")], options => options.RecordDecisions = false);

        var decision = rig.Router.Route(NewTask());
        await rig.Recorder.FlushAsync(Cancel);

        Assert.Null(await rig.Log.FindAsync(decision.Id, Cancel));
    }

    [Fact]
    public async Task A_configuration_is_saved_once_and_equal_ones_have_equal_digests()
    {
        var log = new FlakyDecisionLog();
        var first = new RouterRig([Provider("a"), Provider("b", 1)], options => options.Providers["b"] = new() { Tags = ["x"] });
        var second = new RouterRig([Provider("b", 1), Provider("a")], options => options.Providers["b"] = new() { Tags = ["x"] });
        var third = new RouterRig([Provider("a"), Provider("b", 2)], options => options.Providers["b"] = new() { Tags = ["x"] });
        await using var recorder = new RoutingRecorder(log);
        (first.Router.Observer, second.Router.Observer, third.Router.Observer) = (recorder, recorder, recorder);

        Guid[] ids = [first.Router.Route(NewTask()).Id, first.Router.Route(NewTask()).Id, second.Router.Route(NewTask()).Id, third.Router.Route(NewTask()).Id];
        await recorder.FlushAsync(Cancel);

        var digests = new List<string>();
        foreach (var id in ids)
        {
            digests.Add(Assert.IsType<RoutingRecord>(await log.FindAsync(id, Cancel)).SnapshotDigest);
        }

        Assert.Equal(3, log.SavedSnapshots);
        Assert.Equal(2, digests.Distinct().Count());
        Assert.Equal(digests[0], digests[2]);
        Assert.Matches("^sha256:[0-9a-f]{64}$", digests[0]);
    }

    [Fact]
    public async Task A_configuration_holds_the_names_of_secrets_and_is_canonical_JSON()
    {
        await using var rig = new RecordingRig([Provider("a", 1) with { SecretNames = ["API_KEY"] }], options => options.Budgets = [new() { Name = "day", MaxUsd = 5 }]);

        var record = await rig.FindAsync(rig.Router.Route(NewTask()).Id);
        var snapshot = Assert.IsType<RoutingSnapshotRecord>(await rig.Log.FindSnapshotAsync(record.SnapshotDigest, Cancel));

        using var content = JsonDocument.Parse(snapshot.Content);
        var members = content.RootElement.GetProperty("options").EnumerateObject().Select(member => member.Name).ToList();
        Assert.Equal(members.Order(StringComparer.Ordinal), members);
        Assert.Equal("API_KEY", content.RootElement.GetProperty("providers")[0].GetProperty("descriptor").GetProperty("secret_names")[0].GetString());
        Assert.DoesNotContain("\n", snapshot.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_finds_no_room_is_dropped_and_counted_and_the_decision_does_not_wait()
    {
        var gate = new TaskCompletionSource();
        var log = new FlakyDecisionLog(gate: gate.Task);
        var logged = new RecordingLoggerProvider();
        var rig = new RouterRig([Provider("a")]);
        await using var recorder = new RoutingRecorder(log, logger: logged.CreateLogger<RoutingRecorder>(), options: new RoutingRecorderConfig { Capacity = 3 });
        rig.Router.Observer = recorder;

        rig.Router.Route(NewTask());
        await log.Entered.Task.WaitAsync(Cancel);
        for (var i = 0; i < 10; i++)
        {
            rig.Router.Route(NewTask());
        }

        gate.SetResult();
        await recorder.FlushAsync(Cancel);

        Assert.Equal(7, recorder.Dropped);
        Assert.Equal(4, (await log.ListAsync(new RoutingRecordQuery(), Cancel)).Count);
        Assert.Equal(1050, Assert.Single(logged.Entries).EventId.Id);
    }

    [Fact]
    public async Task A_log_that_fails_for_a_while_loses_nothing()
    {
        var log = new FlakyDecisionLog(failures: 2);
        var rig = new RouterRig([Provider("a")]);
        await using var recorder = new RoutingRecorder(log, rig.Clock);
        rig.Router.Observer = recorder;

        var decision = rig.Router.Route(NewTask());
        await rig.Clock.WaitForTimerAsync(1, Cancel);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.Clock.WaitForTimerAsync(1, Cancel);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await recorder.FlushAsync(Cancel);

        Assert.NotNull(await log.FindAsync(decision.Id, Cancel));
        Assert.Equal((3, 0L), (log.Attempts, recorder.Dropped));
    }

    [Fact]
    public async Task Disposing_writes_what_waits_and_gives_a_log_that_fails_one_more_chance()
    {
        var healthy = new FlakyDecisionLog();
        var broken = new FlakyDecisionLog(failures: int.MaxValue);
        var (first, second) = (new RouterRig([Provider("a")]), new RouterRig([Provider("a")]));
        var recorders = (Healthy: new RoutingRecorder(healthy, first.Clock), Broken: new RoutingRecorder(broken, second.Clock));
        (first.Router.Observer, second.Router.Observer) = (recorders.Healthy, recorders.Broken);
        var decision = first.Router.Route(NewTask());
        second.Router.Route(NewTask());
        await second.Clock.WaitForTimerAsync(1, Cancel);

        await recorders.Healthy.DisposeAsync();
        await recorders.Broken.DisposeAsync();
        second.Router.Route(NewTask());
        await recorders.Broken.FlushAsync(Cancel);

        Assert.NotNull(await healthy.FindAsync(decision.Id, Cancel));
        Assert.Equal((2, 2L), (broken.Attempts, recorders.Broken.Dropped));
    }

    [Fact]
    public async Task A_decision_that_is_recorded_allocates_nothing_in_steady_state()
    {
        var gate = new TaskCompletionSource();
        var log = new FlakyDecisionLog(gate: gate.Task);
        var rig = new RouterRig([Provider("a"), Provider("b")]);
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
}
