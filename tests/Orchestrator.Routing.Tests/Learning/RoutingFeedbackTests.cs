using Orchestrator.Providers;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Tests.Recording;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Learning;

public sealed class RoutingFeedbackTests : IAsyncDisposable
{
    private readonly RecordingRig _rig = new([Provider("a"), Provider("b", 1)]);
    private readonly RoutingFeedback _feedback;

    public RoutingFeedbackTests() => _feedback = new RoutingFeedback(_rig.Rig.Registry, _rig.Log, _rig.Recorder, _rig.Clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private double Of(int candidate) => _rig.Rig.Registry.Estimates.Cell(candidate: candidate).Mean();

    [Fact]
    public async Task A_late_verdict_is_credited_to_the_fallback_that_did_the_work()
    {
        var decision = _rig.Router.Route(NewTask());
        _rig.Report(decision, OutcomeStage.Ended, FailureClass.ProviderError);
        _rig.Report(decision, OutcomeStage.Ended, provider: "b");
        _rig.Clock.Advance(TimeSpan.FromDays(9));

        var result = await _feedback.ReportAsync(decision.Id, FeedbackVerdict.Merged, Cancel);

        Assert.Equal(new FeedbackResult(FeedbackStatus.Learned, "b"), result);
        Assert.Equal(0.7, Of(0), 6);
        Assert.Equal(8.0 / 11, Of(1), 6);
        var kept = (await _rig.Log.ListOutcomesAsync(decision.Id, Cancel))[^1];
        Assert.Equal((OutcomeStage.Verified, "b", null, _rig.Clock.GetUtcNow()), (kept.Outcome.Stage, kept.Outcome.Provider, kept.Outcome.Failure, kept.At));
    }

    [Fact]
    public async Task Without_an_attempt_that_ended_the_chosen_provider_is_credited()
    {
        var decision = _rig.Router.Route(NewTask());

        var result = await _feedback.ReportAsync(decision.Id, FeedbackVerdict.Rejected, Cancel);

        Assert.Equal(new FeedbackResult(FeedbackStatus.Learned, "a"), result);
        Assert.Equal(7.0 / 11, Of(0), 6);
    }

    [Fact]
    public async Task One_verdict_counts_once_however_often_it_arrives_and_whoever_says_it()
    {
        var decision = _rig.Router.Route(NewTask());

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            _feedback.ReportAsync(decision.Id, i % 2 == 0 ? FeedbackVerdict.Accepted : FeedbackVerdict.Merged, Cancel).AsTask()));

        Assert.Single(results, result => result.Status == FeedbackStatus.Learned);
        Assert.Equal(15, results.Count(result => result.Status == FeedbackStatus.AlreadyCounted));
        Assert.Equal(8.0 / 11, Of(0), 6);
    }

    [Fact]
    public async Task What_verification_said_is_not_counted_again_but_a_revert_is()
    {
        var decision = _rig.Router.Route(NewTask());
        _rig.Report(decision, OutcomeStage.Verified);

        var merged = await _feedback.ReportAsync(decision.Id, FeedbackVerdict.Merged, Cancel);
        var reverted = await _feedback.ReportAsync(decision.Id, FeedbackVerdict.Reverted, Cancel);
        var again = await _feedback.ReportAsync(decision.Id, FeedbackVerdict.Reverted, Cancel);

        Assert.Equal(
            (FeedbackStatus.AlreadyCounted, FeedbackStatus.Learned, FeedbackStatus.AlreadyCounted), (merged.Status, reverted.Status, again.Status));
        Assert.Equal((7 + 0.995) / (10 + 1.995), Of(0), 6);
    }

    [Fact]
    public async Task A_verdict_that_leads_nowhere_says_why()
    {
        var rejected = _rig.Router.Route(NewTask() with { Provider = "nobody" });

        Assert.Equal(FeedbackStatus.UnknownDecision, (await _feedback.ReportAsync(Guid.Empty, FeedbackVerdict.Merged, Cancel)).Status);
        Assert.Equal(FeedbackStatus.NotCarriedOut, (await _feedback.ReportAsync(rejected.Id, FeedbackVerdict.Merged, Cancel)).Status);
        Assert.Equal(FeedbackStatus.Ignored, (await _feedback.ReportAsync(rejected.Id, FeedbackVerdict.Unknown, Cancel)).Status);
        Assert.Equal(FeedbackStatus.Ignored, (await _feedback.ReportAsync(rejected.Id, (FeedbackVerdict)99, Cancel)).Status);
    }

    [Fact]
    public async Task While_learning_is_frozen_a_verdict_is_kept_and_not_learned_from()
    {
        var decision = _rig.Router.Route(NewTask());
        _rig.Rig.Registry.Update(new ProviderRoutingOptions { Learning = { Frozen = true } });

        var result = await _feedback.ReportAsync(decision.Id, FeedbackVerdict.Accepted, Cancel);

        Assert.Equal(FeedbackStatus.Kept, result.Status);
        Assert.Single(await _rig.Log.ListOutcomesAsync(decision.Id, Cancel));
        Assert.Equal(0.7, Of(0), 6);
    }

    [Fact]
    public async Task An_attempt_that_only_ended_teaches_nothing_about_quality()
    {
        var decision = _rig.Router.Route(NewTask());

        _rig.Report(decision, OutcomeStage.Ended);
        _rig.Report(decision, OutcomeStage.Verified, FailureClass.Cancelled);
        await _rig.Recorder.FlushAsync(Cancel);

        Assert.Equal(0.7, Of(0), 6);
    }

    public ValueTask DisposeAsync()
    {
        _feedback.Dispose();
        return _rig.DisposeAsync();
    }
}
