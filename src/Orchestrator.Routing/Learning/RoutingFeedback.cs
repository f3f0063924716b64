using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.Learning;

/// <summary>Credits late verdicts. They are written before they are learned from, so a verdict that failed to be kept can be reported again.</summary>
internal sealed class RoutingFeedback(
    ProviderRegistry registry,
    IRoutingDecisionLog log,
    RoutingRecorder? recorder = null,
    TimeProvider? timeProvider = null,
    ILogger<RoutingFeedback>? logger = null) : IRoutingFeedback, IDisposable
{
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<RoutingFeedback>.Instance;

    // One verdict at a time: reading what counted already and writing the next one belong together.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async ValueTask<FeedbackResult> ReportAsync(Guid decisionId, FeedbackVerdict verdict, CancellationToken cancellationToken = default)
    {
        if (verdict is <= FeedbackVerdict.Unknown or > FeedbackVerdict.Reverted)
        {
            return new FeedbackResult(FeedbackStatus.Ignored, null);
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await CreditAsync(decisionId, verdict, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static string? WorkerOf(in RoutingDecision decision, ValueList<RecordedOutcome> outcomes) =>
        outcomes.LastOrDefault(recorded => recorded.Outcome.Stage == OutcomeStage.Ended)?.Outcome.Provider ?? decision.Provider;

    private async ValueTask<FeedbackResult> CreditAsync(Guid decisionId, FeedbackVerdict verdict, CancellationToken cancellationToken)
    {
        if (recorder is not null)
        {
            await recorder.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        var record = await log.FindAsync(decisionId, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            return new FeedbackResult(FeedbackStatus.UnknownDecision, null);
        }

        var outcomes = await log.ListOutcomesAsync(decisionId, cancellationToken).ConfigureAwait(false);
        if (record.IsShadow || WorkerOf(record.Decision, outcomes) is not { } provider)
        {
            return new FeedbackResult(FeedbackStatus.NotCarriedOut, null);
        }

        var succeeded = verdict is FeedbackVerdict.Accepted or FeedbackVerdict.Merged;
        if (outcomes.Any(known => known.Outcome.Stage == OutcomeStage.Verified && known.Outcome.Succeeded == succeeded
            && string.Equals(known.Outcome.Provider, provider, StringComparison.OrdinalIgnoreCase)))
        {
            return new FeedbackResult(FeedbackStatus.AlreadyCounted, provider);
        }

        var outcome = new ExecutionOutcome(
            decisionId,
            provider,
            record.Task.Type,
            OutcomeStage.Verified,
            succeeded ? null : FailureClass.VerificationFailed,
            Complexity: record.Decision.Complexity);
        await log.AppendOutcomesAsync([new RecordedOutcome(outcome, _time.GetUtcNow())], cancellationToken).ConfigureAwait(false);
        var isLearned = Learn(outcome);
        Log.FeedbackCounted(_logger, decisionId, provider, verdict, isLearned);
        return new FeedbackResult(isLearned ? FeedbackStatus.Learned : FeedbackStatus.Kept, provider);
    }

    private bool Learn(in ExecutionOutcome outcome)
    {
        var snapshot = registry.Snapshot;
        if (snapshot.Config.Learning.Frozen || !snapshot.Indexes.TryGetValue(outcome.Provider, out var candidate))
        {
            return false;
        }

        registry.Estimates.Add(candidate, outcome.TaskType, outcome.Complexity, outcome.Succeeded);
        return true;
    }
}
