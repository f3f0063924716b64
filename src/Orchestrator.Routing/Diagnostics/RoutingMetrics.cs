using System.Diagnostics.Metrics;
using Orchestrator.Json;

namespace Orchestrator.Routing.Diagnostics;

/// <summary>The router's instruments.</summary>
internal sealed class RoutingMetrics
{
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _breakerChanges;

    public RoutingMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(ProviderRoutingDiagnostics.MeterName);
        _decisions = meter.CreateCounter<long>(ProviderRoutingDiagnostics.Decisions, "{decision}", "Routing decisions.");
        _breakerChanges = meter.CreateCounter<long>(ProviderRoutingDiagnostics.BreakerChanges, "{change}", "Circuit breakers that opened or closed.");
    }

    public void Decided(in RoutingDecision decision)
    {
        if (_decisions.Enabled)
        {
            _decisions.Add(
                1,
                new KeyValuePair<string, object?>(ProviderRoutingDiagnostics.ProviderTag, decision.Provider ?? "none"),
                new KeyValuePair<string, object?>(ProviderRoutingDiagnostics.ReasonTag, decision.Reason.ToName()));
        }
    }

    public void BreakerChanged(string provider, string state) => _breakerChanges.Add(
        1,
        new KeyValuePair<string, object?>(ProviderRoutingDiagnostics.ProviderTag, provider),
        new KeyValuePair<string, object?>(ProviderRoutingDiagnostics.StateTag, state));
}
