using Microsoft.Extensions.Options;
using Orchestrator.Json;
using Orchestrator.Routing.Decisions;
using Orchestrator.Tasks;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Recording;

public sealed class RoutingReplayerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_random_decisions_come_out_the_same_from_nothing_but_their_records()
    {
        var reasons = new HashSet<RoutingReason>();
        for (var seed = 0; seed < 20; seed++)
        {
            var random = SeededRandom.Create(seed);
            await using var rig = RandomRouting.Rig(random);
            var decisions = RandomRouting.Decide(rig, random, 50);
            await rig.Recorder.FlushAsync(Cancel);
            var elsewhere = new RoutingReplayer(await CopyAsync(rig.Log));

            foreach (var decision in decisions)
            {
                var replay = Assert.IsType<RoutingReplay>(await elsewhere.ReplayAsync(decision.Id, Cancel));

                Assert.True(replay.IsSame, $"Seed {seed}, {decision.Reason}: {string.Join("; ", replay.Differences)}.");
                Assert.Equal(decision with { Rejection = null }, replay.Replayed with { Rejection = null });
                Assert.Equal(decision.IsRejected, replay.Replayed.IsRejected);
                reasons.Add(decision.Reason);
            }
        }

        Assert.Superset(
            new HashSet<RoutingReason>
            {
                RoutingReason.Override, RoutingReason.Rule, RoutingReason.Sticky, RoutingReason.OnlyCandidate, RoutingReason.BestScore, RoutingReason.Experiment,
                RoutingReason.NoCandidate, RoutingReason.Policy, RoutingReason.Exploration,
            },
            reasons);
    }

    [Fact]
    public async Task A_replay_tells_how_every_candidate_fared_and_changes_nothing()
    {
        await using var rig = new RecordingRig([Provider("a"), Provider("b", 1)]);
        var explained = rig.Router.Explain(NewTask());
        var decision = rig.Router.Route(NewTask());
        rig.Rig.Ended("a", Providers.FailureClass.Authentication);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.Recorder.FlushAsync(Cancel);

        var replay = Assert.IsType<RoutingReplay>(await rig.Replayer.ReplayAsync(decision.Id, Cancel));

        Assert.True(replay.IsSame);
        Assert.Equal(decision, replay.Recorded);
        Assert.Equal(explained.Candidates, replay.Explanation.Candidates);
        Assert.Equal("b", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public async Task A_record_that_says_something_else_is_told_apart()
    {
        await using var rig = new RecordingRig([Provider("a"), Provider("b", 1)]);
        var record = await rig.FindAsync(rig.Router.Route(NewTask()).Id);
        var id = Guid.CreateVersion7(rig.Clock.GetUtcNow());
        await rig.Log.AppendAsync([record with { Decision = record.Decision with { Id = id, Provider = "b", Score = 9 } }], Cancel);

        var replay = Assert.IsType<RoutingReplay>(await rig.Replayer.ReplayAsync(id, Cancel));

        Assert.False(replay.IsSame);
        Assert.Contains("the provider was 'b' and is 'a'", replay.Differences);
        Assert.Contains(replay.Differences, difference => difference.StartsWith("the score was '9' and is ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_what_is_damaged_says_so()
    {
        await using var rig = new RecordingRig([Provider("a")]);
        var record = await rig.FindAsync(rig.Router.Route(NewTask()).Id);
        var log = new InMemoryRoutingDecisionLog();
        await log.AppendAsync([record with { State = "AAAA" }], Cancel);
        var replayer = new RoutingReplayer(log);

        var withoutSnapshot = await replayer.ReplayAsync(record.Decision.Id, Cancel);
        await log.SaveSnapshotAsync(Assert.IsType<RoutingSnapshotRecord>(await rig.Log.FindSnapshotAsync(record.SnapshotDigest, Cancel)), Cancel);
        var damaged = await Assert.ThrowsAsync<RoutingReplayException>(() => replayer.ReplayAsync(record.Decision.Id, Cancel).AsTask());

        Assert.Null(withoutSnapshot);
        Assert.Null(await replayer.ReplayAsync(Guid.Empty, Cancel));
        Assert.Equal(record.Decision.Id, damaged.DecisionId);
        Assert.False(damaged.IsTransient);
    }

    [Fact]
    public async Task Other_settings_are_tried_on_what_was_recorded()
    {
        await using var rig = new RecordingRig([Provider("a"), Provider("b", 1)]);
        for (var i = 0; i < 4; i++)
        {
            rig.Report(rig.Router.Route(NewTask()), OutcomeStage.Verified, i == 0 ? Providers.FailureClass.VerificationFailed : null);
        }

        await rig.Recorder.FlushAsync(Cancel);
        var same = await rig.Replayer.EvaluateAsync(Options(), cancellationToken: Cancel);
        var other = await rig.Replayer.EvaluateAsync(Options(options => options.Providers["a"] = new() { Enabled = false }), cancellationToken: Cancel);
        var none = await rig.Replayer.EvaluateAsync(
            Options(options => (options.Providers["a"], options.Providers["b"]) = (new() { Enabled = false }, new() { Enabled = false })), cancellationToken: Cancel);

        Assert.Equal((4, 1.0, 0.75, 0.75, 4.0, 0.0), (same.Decisions, same.Agreement, same.RecordedSuccess, same.EstimatedSuccess, same.EffectiveOutcomes, same.ExpectedPriceDifferenceUsd));
        Assert.Equal((4, 0.0, 1.0), (other.Decisions, other.Agreement, other.ExpectedPriceDifferenceUsd));
        Assert.Equal((0.75, null, 0.0), (other.RecordedSuccess, other.EstimatedSuccess, other.EffectiveOutcomes));
        Assert.Equal([new RoutingShift("a", "b", 4)], other.Shifts);
        Assert.Equal(4, none.NewlyRejected);
        await Assert.ThrowsAsync<OptionsValidationException>(() => rig.Replayer.EvaluateAsync(Options(options => options.Policy = "nonsense"), cancellationToken: Cancel).AsTask());
    }

    [Fact]
    public async Task What_was_left_to_chance_tells_what_another_policy_would_have_achieved()
    {
        await using var rig = new RecordingRig([Provider("a"), Provider("b")], options => options.Policy = RoutingPolicies.Weighted);
        var random = SeededRandom.Create(7);
        for (var i = 0; i < 1_000; i++)
        {
            var decision = rig.Router.Route(NewTask() with { Id = $"t{i}" });
            var isRight = random.NextDouble() < (decision.Provider == "a" ? 0.4 : 0.9);
            rig.Router.Report(new ExecutionOutcome(
                decision.Id, decision.Provider!, AgentTaskType.Fix, OutcomeStage.Verified, isRight ? null : Providers.FailureClass.VerificationFailed, Complexity: decision.Complexity));
        }

        await rig.Recorder.FlushAsync(Cancel);
        var onlyA = await rig.Replayer.EvaluateAsync(Options(options => options.Providers["b"] = new() { Enabled = false }), Thousand, Cancel);
        var onlyB = await rig.Replayer.EvaluateAsync(Options(options => options.Providers["a"] = new() { Enabled = false }), Thousand, Cancel);

        Assert.Equal((1_000, 0), (onlyA.Outcomes, onlyA.Skipped));
        Assert.InRange(onlyA.RecordedSuccess!.Value, 0.60, 0.70);
        Assert.InRange(onlyA.EstimatedSuccess!.Value, 0.34, 0.46);
        Assert.InRange(onlyB.EstimatedSuccess!.Value, 0.86, 0.94);
        Assert.InRange(onlyB.EffectiveOutcomes, 400, 600);
    }

    [Fact]
    public async Task An_outcome_of_a_choice_that_nobody_knows_the_probability_of_is_no_witness_for_other_settings()
    {
        await using var rig = new RecordingRig([Provider("a"), Provider("b", 1)]);
        var known = rig.Router.Route(NewTask());
        rig.Report(known, OutcomeStage.Verified);
        var record = await rig.FindAsync(known.Id);
        var unknown = record.Decision with { Id = Guid.CreateVersion7(rig.Clock.GetUtcNow()), Propensity = null };
        await rig.Log.AppendAsync([record with { Decision = unknown }], Cancel);
        rig.Report(unknown, OutcomeStage.Verified, Providers.FailureClass.VerificationFailed);
        await rig.Recorder.FlushAsync(Cancel);

        var evaluation = await rig.Replayer.EvaluateAsync(Options(), cancellationToken: Cancel);

        Assert.Equal((2, 2, 1), (evaluation.Decisions, evaluation.Outcomes, evaluation.OutcomesWithoutPropensity));
        Assert.Equal((0.5, 1.0, 1.0), (evaluation.RecordedSuccess, evaluation.EstimatedSuccess, evaluation.EffectiveOutcomes));
        var copy = Copy(record with { Decision = unknown }, OrchestratorJsonContext.Default.RoutingRecord);
        Assert.Null(copy.Decision.Propensity);
    }

    private static readonly RoutingRecordQuery Thousand = new() { Limit = 1_000 };

    private static ProviderRoutingOptions Options(Action<ProviderRoutingOptions>? configure = null)
    {
        var options = new ProviderRoutingOptions { UseCatalogue = false };
        (options.Learning.ExplorationShare, options.Learning.FloorShare) = (0, 0);
        configure?.Invoke(options);
        return options;
    }

    // As another process reads them from a database: everything once through JSON.
    private static async Task<InMemoryRoutingDecisionLog> CopyAsync(InMemoryRoutingDecisionLog log)
    {
        var copy = new InMemoryRoutingDecisionLog();
        foreach (var record in await log.ListAsync(Thousand, Cancel))
        {
            var snapshot = Assert.IsType<RoutingSnapshotRecord>(await log.FindSnapshotAsync(record.SnapshotDigest, Cancel));
            await copy.SaveSnapshotAsync(snapshot, Cancel);
            await copy.AppendAsync([Copy(record, OrchestratorJsonContext.Default.RoutingRecord)], Cancel);
        }

        return copy;
    }

    private static T Copy<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => OrchestratorJson.Read(OrchestratorJson.Write(value, type), type);
}
