using BenchmarkDotNet.Attributes;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>The explanation of a decision among eight: facts at once, words when they are read.</summary>
[MemoryDiagnoser]
public class RoutingExplanationBenchmarks
{
    private readonly AgentTask _forAll = RoutingRig.TaskOf("task-1", "edit");
    private readonly AgentTask _forFive = RoutingRig.TaskOf("task-1", "edit", "shell") with { MaxCostUsd = 0.45m };

    private RoutingRig _rig = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _rig = new RoutingRig(8);
        _rig.Attempt(_forAll);
        if (_rig.Router.Explain(_forAll).Candidates.Any(candidate => candidate.Score is null) || _rig.Router.Explain(_forFive).Candidates.All(candidate => candidate.Score is not null))
        {
            throw new InvalidOperationException("All eight must be eligible for one task, and some must not be for the other.");
        }
    }

    [GlobalCleanup]
    public void Clean() => _rig.Dispose();

    [Benchmark(Baseline = true)]
    public RoutingExplanation Explain() => _rig.Router.Explain(_forAll);

    [Benchmark]
    public RoutingExplanation ExplainWithRejected() => _rig.Router.Explain(_forFive);

    [Benchmark]
    public int ExplainWithRejectedAndReadWords()
    {
        var length = 0;
        foreach (var candidate in _rig.Router.Explain(_forFive).Candidates)
        {
            length += candidate.Detail.Length;
        }

        return length;
    }

    [Benchmark]
    public string Text() => RoutingExplanationText.Format(_rig.Router.Explain(_forFive));
}
