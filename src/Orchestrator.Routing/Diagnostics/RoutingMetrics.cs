using System.Diagnostics.Metrics;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Diagnostics;

/// <summary>The router's instruments.</summary>
internal sealed class RoutingMetrics
{
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _explorations;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _breakerChanges;
    private readonly Counter<long> _outcomes;
    private readonly Histogram<double> _durations;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _refusals;

    public RoutingMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(ProviderRoutingDiagnostics.MeterName);
        _decisions = meter.CreateCounter<long>(ProviderRoutingDiagnostics.Decisions, "{decision}", "Routing decisions.");
        _explorations = meter.CreateCounter<long>(ProviderRoutingDiagnostics.Explorations, "{decision}", "Decisions by chance, to learn about a provider.");
        _rejections = meter.CreateCounter<long>(ProviderRoutingDiagnostics.Rejections, "{rejection}", "What speaks against candidates when a task finds no provider.");
        _breakerChanges = meter.CreateCounter<long>(ProviderRoutingDiagnostics.BreakerChanges, "{change}", "Circuit breakers that opened or closed.");
        _outcomes = meter.CreateCounter<long>(ProviderRoutingDiagnostics.Outcomes, "{outcome}", "Reported outcomes of attempts.");
        _durations = meter.CreateHistogram<double>(ProviderRoutingDiagnostics.AttemptDuration, "s", "How long attempts took.");
        _cost = meter.CreateCounter<double>(ProviderRoutingDiagnostics.Cost, "{USD}", "What attempts cost.");
        _tokens = meter.CreateCounter<long>(ProviderRoutingDiagnostics.Tokens, "{token}", "Tokens that attempts used.");
        _refusals = meter.CreateCounter<long>(ProviderRoutingDiagnostics.AdmissionRefusals, "{refusal}", "Attempts that were chosen but not let in.");
    }

    public void Decided(in RoutingDecision decision)
    {
        if (_decisions.Enabled)
        {
            _decisions.Add(1, Provider(decision.Provider ?? "none"), Tag(ProviderRoutingDiagnostics.ReasonTag, decision.Reason.ToName()));
        }

        if (decision.Reason == RoutingReason.Exploration && _explorations.Enabled)
        {
            _explorations.Add(1, Provider(decision.Provider!));
        }

        if (decision.Rejection is { } rejection && _rejections.Enabled)
        {
            foreach (var candidate in rejection.Candidates)
            {
                _rejections.Add(1, Provider(candidate.Provider), Tag(ProviderRoutingDiagnostics.RejectionTag, candidate.Rejection.ToName()));
            }
        }
    }

    public void BreakerChanged(string provider, string state) =>
        _breakerChanges.Add(1, Provider(provider), Tag(ProviderRoutingDiagnostics.StateTag, state));

    /// <summary>An outcome of a registered provider was reported.</summary>
    public void Reported(in ExecutionOutcome outcome)
    {
        if (_outcomes.Enabled)
        {
            var stage = Tag(ProviderRoutingDiagnostics.StageTag, outcome.Stage.ToName());
            if (outcome.Failure is { } failure)
            {
                _outcomes.Add(1, Provider(outcome.Provider), stage, Error(failure));
            }
            else
            {
                _outcomes.Add(1, Provider(outcome.Provider), stage);
            }
        }

        if (outcome.Stage == OutcomeStage.Ended)
        {
            Ended(outcome);
        }
    }

    public void Refused(string provider, RejectionReason reason)
    {
        if (_refusals.Enabled)
        {
            _refusals.Add(1, Provider(provider), Tag(ProviderRoutingDiagnostics.RejectionTag, reason.ToName()));
        }
    }

    private static KeyValuePair<string, object?> Provider(string name) => Tag(ProviderRoutingDiagnostics.ProviderTag, name);

    private static KeyValuePair<string, object?> Error(FailureClass failure) => Tag(ProviderRoutingDiagnostics.ErrorTypeTag, failure.ToName());

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void Ended(in ExecutionOutcome outcome)
    {
        if (outcome.Duration > TimeSpan.Zero && _durations.Enabled)
        {
            if (outcome.Failure is { } failure)
            {
                _durations.Record(outcome.Duration.TotalSeconds, Provider(outcome.Provider), Error(failure));
            }
            else
            {
                _durations.Record(outcome.Duration.TotalSeconds, Provider(outcome.Provider));
            }
        }

        if (outcome.CostUsd > 0 && _cost.Enabled)
        {
            _cost.Add((double)outcome.CostUsd, Provider(outcome.Provider));
        }

        if (outcome.Tokens > 0 && _tokens.Enabled)
        {
            _tokens.Add(outcome.Tokens, Provider(outcome.Provider));
        }
    }
}
