using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orchestrator.Queue.Diagnostics;

/// <summary>The queue's instruments.</summary>
internal sealed class TaskQueueMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _duration;

    public TaskQueueMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(TaskQueueDiagnostics.MeterName) ?? new Meter(TaskQueueDiagnostics.MeterName);
        _enqueued = _meter.CreateCounter<long>(TaskQueueDiagnostics.EnqueuedTasks, "{task}", "Tasks put into a queue.");
        _ended = _meter.CreateCounter<long>(TaskQueueDiagnostics.EndedTasks, "{task}", "Leases that ended with an accepted outcome.");
        _duration = _meter.CreateHistogram<double>(TaskQueueDiagnostics.TaskDuration, "s", "How long handlers ran.");
    }

    /// <summary>Whether somebody listens to how long handlers run.</summary>
    public bool IsTimed => _duration.Enabled;

    public void Enqueued(string queue, string type)
    {
        if (!_enqueued.Enabled)
        {
            return;
        }

        var tags = new TagList { { TaskQueueDiagnostics.QueueTag, queue }, { TaskQueueDiagnostics.TypeTag, type } };
        _enqueued.Add(1, tags);
    }

    public void Ended(string outcome)
    {
        if (_ended.Enabled)
        {
            _ended.Add(1, KeyValuePair.Create<string, object?>(TaskQueueDiagnostics.OutcomeTag, outcome));
        }
    }

    /// <summary>Adds a gauge of how many tasks wait and run.</summary>
    public void Observe(Func<IEnumerable<Measurement<long>>> depth) =>
        _meter.CreateObservableGauge(TaskQueueDiagnostics.QueueDepth, depth, "{task}", "Tasks of a queue that have not ended, by state.");

    public void Ran(string queue, string type, string outcome, TimeSpan duration)
    {
        var tags = new TagList { { TaskQueueDiagnostics.QueueTag, queue }, { TaskQueueDiagnostics.TypeTag, type }, { TaskQueueDiagnostics.OutcomeTag, outcome } };
        _duration.Record(duration.TotalSeconds, tags);
    }

    public void Dispose() => _meter.Dispose();
}
