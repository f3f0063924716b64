using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Orchestrator.Routing.Tests.Diagnostics;

/// <summary>Makes meters and writes down what they measure: name, value and tags, parted by blanks.</summary>
internal sealed class RecordingMeterFactory : IMeterFactory
{
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly MeterListener _listener = new();

    public RecordingMeterFactory()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, FormattableString.Invariant($"{value}"), tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, FormattableString.Invariant($"{value}"), tags));
        _listener.Start();
    }

    public ConcurrentQueue<string> Seen { get; } = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
        {
            meter.Dispose();
        }
    }

    private void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = $"{instrument.Name} {value}";
        foreach (var tag in tags)
        {
            text += $" {tag.Value}";
        }

        Seen.Enqueue(text);
    }
}
