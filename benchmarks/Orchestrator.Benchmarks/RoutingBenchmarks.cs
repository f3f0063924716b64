using BenchmarkDotNet.Attributes;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>One routing decision with all filters, a sticky session, a budget of money, the score and what was learned; and the same with reservation and settlement.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private readonly AgentTask _task = RoutingRig.TaskOf("task-1", "edit", "shell");

    private readonly Random _random = new(42);

    private RoutingRig _best = null!;
    private RoutingRig _thompson = null!;
    private LinqRouter _linq = null!;
    private string[] _names = null!;

    [Params(8, 64, 1000)]
    public int Providers { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _best = new RoutingRig(Providers);
        _thompson = new RoutingRig(Providers, RoutingPolicies.Thompson);
        _linq = new LinqRouter(_best.Descriptors, TimeProvider.System);
        _names = [.. _best.Descriptors.Select(descriptor => descriptor.Name)];
        for (var i = 0; i < 2; i++)
        {
            if (_linq.Attempt(_task) != _best.Attempt(_task))
            {
                throw new InvalidOperationException("The two routers disagree: the comparison would mean nothing.");
            }
        }
    }

    [GlobalCleanup]
    public void Clean()
    {
        _best.Dispose();
        _thompson.Dispose();
    }

    [Benchmark(Baseline = true)]
    public string? LinqAttempt() => _linq.Attempt(_task);

    [Benchmark]
    public string? LinqDecision() => _linq.Route(_task).Provider;

    [Benchmark]
    public string RandomPick() => _names[_random.Next(_names.Length)];

    [Benchmark]
    public string? Best() => _best.Router.Route(_task).Provider;

    [Benchmark]
    public string? BestReservedAndSettled() => _best.Attempt(_task);

    [Benchmark]
    public string? Thompson() => _thompson.Router.Route(_task).Provider;
}
