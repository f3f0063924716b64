using System.Diagnostics.Metrics;

namespace Orchestrator.Routing.Diagnostics;

/// <summary>The recorder's instruments.</summary>
internal sealed class RecorderMetrics
{
    private readonly Counter<long> _written;
    private readonly Counter<long> _dropped;

    public RecorderMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(ProviderRoutingDiagnostics.MeterName);
        _written = meter.CreateCounter<long>(ProviderRoutingDiagnostics.RecordsWritten, "{record}", "Decisions and outcomes that were written to the log.");
        _dropped = meter.CreateCounter<long>(ProviderRoutingDiagnostics.RecordsDropped, "{record}", "Decisions and outcomes that were lost on the way to the log.");
    }

    public void Written(int count) => _written.Add(count);

    public void Dropped(int count, string reason) => _dropped.Add(count, new KeyValuePair<string, object?>(ProviderRoutingDiagnostics.DropReasonTag, reason));
}
