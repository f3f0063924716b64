using BenchmarkDotNet.Attributes;

namespace Orchestrator.Benchmarks;

/// <summary>What the clock and a fresh id of the system cost: why the router makes its own ids.</summary>
[MemoryDiagnoser]
public class DecisionIdBenchmarks
{
    [Benchmark]
    public DateTimeOffset Clock() => TimeProvider.System.GetUtcNow();

    [Benchmark]
    public Guid ClockAndId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
