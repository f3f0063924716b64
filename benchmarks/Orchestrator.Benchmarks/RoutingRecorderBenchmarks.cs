using BenchmarkDotNet.Attributes;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>What recording costs the one who decides, in bursts that fit into the recorder's room; writing goes on in the background and is waited for between the bursts.</summary>
[MemoryDiagnoser]
public class RoutingRecorderBenchmarks
{
    private const int Burst = 2_000;

    private readonly AgentTask _task = RoutingRig.TaskOf("task-1", "edit", "shell");

    private RoutingRig _off = null!;
    private RoutingRig _on = null!;

    [GlobalSetup]
    public void Prepare() => (_off, _on) = (new RoutingRig(8), new RoutingRig(8, record: true));

    [IterationSetup]
    public void Flush() => _on.Recorder.FlushAsync().AsTask().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Clean()
    {
        _off.Dispose();
        var dropped = _on.Recorder.Dropped;
        _on.Dispose();
        if (dropped > 0)
        {
            throw new InvalidOperationException($"{dropped} records were dropped: this measured something else.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Burst)]
    public void Off() => Decide(_off.Router);

    [Benchmark(OperationsPerInvoke = Burst)]
    public void On() => Decide(_on.Router);

    private void Decide(IProviderRouter router)
    {
        for (var i = 0; i < Burst; i++)
        {
            router.Route(_task);
        }
    }
}
