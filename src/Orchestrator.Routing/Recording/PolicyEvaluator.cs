using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.Validation;

namespace Orchestrator.Routing.Recording;

/// <summary>Makes recorded decisions again under other settings and adds up what changes.</summary>
/// <remarks>Chance is drawn anew, apart from the chance of the record: only then is an outcome weighted by one over its propensity an unbiased witness for other settings.</remarks>
internal sealed class PolicyEvaluator(ProviderRoutingOptions settings, IReadOnlyList<ISelectionPolicy> policies)
{
    private const ulong OtherChance = 0xA5A5_5A5A_C3C3_3C3C;

    // A copy: the caller may go on with its own object while decisions are read.
    private readonly ProviderRoutingOptions _options = OptionsCopy.Of(settings);
    private readonly Dictionary<string, Replacement?> _replacements = new(StringComparer.Ordinal);
    private readonly Dictionary<(string? From, string? To), int> _shifts = [];
    private int _decisions;
    private int _skipped;
    private int _same;
    private int _newlyRejected;
    private int _priced;
    private double _priceDifference;
    private int _outcomes;
    private int _successes;
    private int _withoutPropensity;
    private double _weights;
    private double _squaredWeights;
    private double _weightedSuccesses;

    public bool Knows(string digest) => _replacements.ContainsKey(digest);

    /// <summary>Prepares the settings for the providers of a recorded configuration; null when that is gone.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong for them.</exception>
    public void Learn(string digest, RoutingSnapshotRecord? record)
    {
        RoutingSnapshotContent? content = null;
        try
        {
            content = record is null ? null : SnapshotRecords.Read(record);
        }
        catch (JsonException)
        {
            // A damaged configuration is as good as none: its decisions are counted as skipped.
        }

        _replacements[digest] = content is null ? null : Prepare(content);
    }

    public void Add(RoutingRecord record, ValueList<RecordedOutcome> outcomes)
    {
        if (_replacements.GetValueOrDefault(record.SnapshotDigest) is not { } replacement || Decide(record, replacement) is not { } other)
        {
            _skipped++;
            return;
        }

        var recorded = record.Decision;
        var isSame = string.Equals(recorded.Provider, other.Provider, StringComparison.OrdinalIgnoreCase);
        _decisions++;
        if (isSame)
        {
            _same++;
        }
        else
        {
            _shifts[(recorded.Provider, other.Provider)] = _shifts.GetValueOrDefault((recorded.Provider, other.Provider)) + 1;
        }

        if (recorded.IsRejected || other.IsRejected)
        {
            _newlyRejected += other.IsRejected && !recorded.IsRejected ? 1 : 0;
            return;
        }

        _priced++;
        _priceDifference += other.ExpectedPriceUsd - recorded.ExpectedPriceUsd;
        if (WasRight(recorded.Provider!, outcomes) is { } wasRight)
        {
            // A choice of which nobody knows how likely it was bears witness to nothing, whether it is the same or not.
            _withoutPropensity += recorded.Propensity is null ? 1 : 0;
            Witness(wasRight, isSame && recorded.Propensity is { } propensity ? 1 / propensity : 0);
        }
    }

    public RoutingEvaluation Result() => new()
    {
        Decisions = _decisions,
        Skipped = _skipped,
        Agreement = _decisions == 0 ? 0 : (double)_same / _decisions,
        NewlyRejected = _newlyRejected,
        ExpectedPriceDifferenceUsd = _priced == 0 ? 0 : _priceDifference / _priced,
        Outcomes = _outcomes,
        OutcomesWithoutPropensity = _withoutPropensity,
        RecordedSuccess = _outcomes == 0 ? null : (double)_successes / _outcomes,
        EstimatedSuccess = _weights == 0 ? null : _weightedSuccesses / _weights,
        EffectiveOutcomes = _weights == 0 ? 0 : _weights * _weights / _squaredWeights,
        Shifts =
        [
            .. _shifts.OrderByDescending(shift => shift.Value).ThenBy(shift => shift.Key.From, StringComparer.Ordinal).ThenBy(shift => shift.Key.To, StringComparer.Ordinal)
                .Select(shift => new RoutingShift(shift.Key.From, shift.Key.To, shift.Value)),
        ],
    };

    // The last verdict on the chosen provider's work; without one, an attempt of it that failed by its own fault was not right either.
    private static bool? WasRight(string provider, ValueList<RecordedOutcome> outcomes)
    {
        bool? ended = null;
        bool? verified = null;
        foreach (var outcome in outcomes.Select(recorded => recorded.Outcome))
        {
            if (!string.Equals(outcome.Provider, provider, StringComparison.OrdinalIgnoreCase)
                || (outcome.Failure is { } failure && !FailureEffects.SaysSomethingAboutQuality(failure)))
            {
                continue;
            }

            if (outcome.Stage == OutcomeStage.Verified)
            {
                verified = outcome.Succeeded;
            }
            else if (!outcome.Succeeded)
            {
                ended = false;
            }
        }

        return verified ?? ended;
    }

    private static RoutingDecision? Decide(RoutingRecord record, Replacement replacement)
    {
        RecordedFrame recorded;
        try
        {
            recorded = FrameCodec.Decode(record.State);
        }
        catch (FormatException)
        {
            return null;
        }

        if (!recorded.Fits(replacement.Snapshot))
        {
            return null;
        }

        var query = new RoutingQuery(record.Task, record.Constraints, replacement.Snapshot);
        var frame = recorded.ToFrame(replacement.Snapshot, Mixer.Mix(record.Decision.Seed ^ OtherChance), replacement.HasSameBudgets);
        return RoutingPipeline.Decide(frame, query, record.Decision.Id);
    }

    private void Witness(bool wasRight, double weight)
    {
        _outcomes++;
        _successes += wasRight ? 1 : 0;
        _weights += weight;
        _squaredWeights += weight * weight;
        _weightedSuccesses += wasRight ? weight : 0;
    }

    private Replacement Prepare(RoutingSnapshotContent content)
    {
        var errors = RoutingValidator.FindErrors(_options, SnapshotRecords.Roster(content, policies));
        return errors.Count > 0
            ? throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(ProviderRoutingOptions), errors)
            : new Replacement(
                SnapshotRecords.Build(content, _options, version: 0, policies),
                content.Options.Budgets.Select(budget => (budget.Name, budget.Scope, budget.Owner, budget.Window))
                    .SequenceEqual(_options.Budgets.Select(budget => (budget.Name, budget.Scope, budget.Owner, budget.Window))));
    }

    private sealed record Replacement(RoutingSnapshot Snapshot, bool HasSameBudgets);
}
