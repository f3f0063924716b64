using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>The instruments of the pools.</summary>
internal sealed class ContainerMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _acquisitions;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _startTime;
    private readonly Histogram<double> _waitTime;

    public ContainerMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(ContainerDiagnostics.MeterName) ?? new Meter(ContainerDiagnostics.MeterName);
        _acquisitions = _meter.CreateCounter<long>(ContainerDiagnostics.Acquisitions, "{request}", "What came of asking for a lease.");
        _restarts = _meter.CreateCounter<long>(ContainerDiagnostics.Restarts, "{restart}", "Instances that were replaced.");
        _failures = _meter.CreateCounter<long>(ContainerDiagnostics.Failures, "{call}", "Calls of the engine that failed.");
        _startTime = _meter.CreateHistogram<double>(ContainerDiagnostics.StartTime, "s", "How long instances took to come up.");
        _waitTime = _meter.CreateHistogram<double>(ContainerDiagnostics.WaitTime, "s", "How long callers waited for a lease.");
    }

    /// <summary>Shows pools as they are whenever somebody looks.</summary>
    public void Observe(Func<IEnumerable<PoolStatus>> pools)
    {
        _meter.CreateObservableGauge(ContainerDiagnostics.Instances, () => pools().SelectMany(States), "{instance}", "Instances of a pool by state.");
        _meter.CreateObservableGauge(ContainerDiagnostics.Leases, () => pools().SelectMany(Leases), "{lease}", "Leases that an instance serves.");
        _meter.CreateObservableGauge(ContainerDiagnostics.Waiting, () => pools().Select(pool => new Measurement<int>(pool.Waiting, Tag(pool.Pool))), "{caller}", "Callers that wait for a pool.");
    }

    public void Acquired(string pool, AcquisitionStatus status)
    {
        if (_acquisitions.Enabled)
        {
            _acquisitions.Add(1, Tag(pool), new(ContainerDiagnostics.OutcomeTag, Name(status)));
        }
    }

    public void Waited(string pool, AcquisitionStatus status, TimeSpan time) =>
        _waitTime.Record(time.TotalSeconds, Tag(pool), new(ContainerDiagnostics.OutcomeTag, Name(status)));

    public void Restarted(string pool) => _restarts.Add(1, Tag(pool));

    public void Started(string pool, TimeSpan time) => _startTime.Record(time.TotalSeconds, Tag(pool));

    public void CallFailed(string pool, InstanceActionKind call, string code) =>
        _failures.Add(1, new TagList { Tag(pool), new(ContainerDiagnostics.CallTag, Name(call)), new(ContainerDiagnostics.CodeTag, code) });

    public void Dispose() => _meter.Dispose();

    internal static string Name(AcquisitionStatus status) => status switch
    {
        AcquisitionStatus.Acquired => "acquired",
        AcquisitionStatus.TimedOut => "timed_out",
        AcquisitionStatus.Rejected => "rejected",
        AcquisitionStatus.UnknownPool => "unknown_pool",
        AcquisitionStatus.PoolFailed => "pool_failed",
        _ => "unknown",
    };

    private static string Name(InstanceActionKind call) => call switch
    {
        InstanceActionKind.Create => "create",
        InstanceActionKind.Start => "start",
        InstanceActionKind.Inspect => "inspect",
        InstanceActionKind.Stop => "stop",
        InstanceActionKind.Remove => "remove",
        InstanceActionKind.Pause => "pause",
        _ => "resume",
    };

    private static string Name(InstanceState state) => state switch
    {
        InstanceState.WarmingUp => "warming_up",
        InstanceState.CrashLoop => "crash_loop",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<Measurement<int>> States(PoolStatus pool) => pool.Instances.GroupBy(instance => instance.State).Select(group =>
        new Measurement<int>(group.Count(), Tag(pool.Pool), new(ContainerDiagnostics.StateTag, Name(group.Key))));

    private static IEnumerable<Measurement<int>> Leases(PoolStatus pool) => pool.Instances.Select(instance =>
        new Measurement<int>(instance.Leases, Tag(pool.Pool), new(ContainerDiagnostics.InstanceTag, instance.Name)));

    private static KeyValuePair<string, object?> Tag(string pool) => new(ContainerDiagnostics.PoolTag, pool);
}
