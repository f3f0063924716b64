using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Recording;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing;

/// <summary>Makes recorded decisions again: with the recorded settings, to see why they came out as they did, or with others, to see what those would change.</summary>
/// <remarks>Thread-safe. Nothing is reserved, learned, pinned or recorded. A host's own selection policies cannot be recorded; those of this host are used.</remarks>
public sealed class RoutingReplayer
{
    private readonly IRoutingDecisionLog _log;
    private readonly IReadOnlyList<ISelectionPolicy> _policies;

    /// <summary>Creates a replayer.</summary>
    /// <param name="log">Where the decisions are.</param>
    /// <param name="policies">The host's own selection policies; <see langword="null"/> for none.</param>
    public RoutingReplayer(IRoutingDecisionLog log, IEnumerable<ISelectionPolicy>? policies = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        _log = log;
        _policies = [.. policies ?? []];
    }

    /// <summary>Makes a decision again with what it was made of.</summary>
    /// <param name="decisionId">The decision.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Both decisions; <see langword="null"/> when there is no such decision, or its configuration is gone.</returns>
    /// <exception cref="RoutingReplayException">The record is damaged, or was written by a version of the library that this one does not understand.</exception>
    public async ValueTask<RoutingReplay?> ReplayAsync(Guid decisionId, CancellationToken cancellationToken = default)
    {
        var record = await _log.FindAsync(decisionId, cancellationToken).ConfigureAwait(false);
        if (record is null || await _log.FindSnapshotAsync(record.SnapshotDigest, cancellationToken).ConfigureAwait(false) is not { } saved)
        {
            return null;
        }

        var (snapshot, frame) = Restore(record, saved);
        return Replay(record, snapshot, frame);
    }

    /// <summary>Makes recorded decisions again under other settings.</summary>
    /// <param name="options">The other settings. What was learned until each decision counts as it did then; budgets count only when both settings have the same ones.</param>
    /// <param name="query">Which decisions; <see langword="null"/> for the newest 1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What would change.</returns>
    /// <exception cref="OptionsValidationException">A setting is wrong for the recorded providers.</exception>
    public async ValueTask<RoutingEvaluation> EvaluateAsync(ProviderRoutingOptions options, RoutingRecordQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var evaluator = new PolicyEvaluator(options, _policies);
        foreach (var record in await _log.ListAsync(query ?? new RoutingRecordQuery { Limit = 1000 }, cancellationToken).ConfigureAwait(false))
        {
            if (record.IsShadow)
            {
                continue;
            }

            if (!evaluator.Knows(record.SnapshotDigest))
            {
                evaluator.Learn(record.SnapshotDigest, await _log.FindSnapshotAsync(record.SnapshotDigest, cancellationToken).ConfigureAwait(false));
            }

            evaluator.Add(record, await _log.ListOutcomesAsync(record.Decision.Id, cancellationToken).ConfigureAwait(false));
        }

        return evaluator.Result();
    }

    private static RoutingReplay Replay(RoutingRecord record, RoutingSnapshot snapshot, RecordedFrame recorded)
    {
        var query = new RoutingQuery(record.Task, record.Constraints, snapshot, record.IsShadow);
        var frame = recorded.ToFrame(snapshot, record.Decision.Seed, withBudgets: true);
        var explanation = RoutingPipeline.Explain(frame, query, record.Decision.Id);
        return new RoutingReplay
        {
            Record = record,
            Replayed = explanation.Decision,
            Explanation = explanation,
            Differences = DecisionComparer.Differences(record.Decision, explanation.Decision),
        };
    }

    private (RoutingSnapshot Snapshot, RecordedFrame Frame) Restore(RoutingRecord record, RoutingSnapshotRecord saved)
    {
        try
        {
            var snapshot = SnapshotRecords.Build(SnapshotRecords.Read(saved), options: null, record.Decision.SnapshotVersion, _policies);
            var frame = FrameCodec.Decode(record.State);
            return frame.Fits(snapshot) ? (snapshot, frame) : throw new FormatException("The recorded state is of other providers than the recorded configuration.");
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            throw new RoutingReplayException(record.Decision.Id, error);
        }
    }
}
