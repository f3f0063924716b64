using BenchmarkDotNet.Attributes;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>One routing decision with all filters, the score and what was learned.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private readonly AgentTask _task = new()
    {
        Id = "task-1",
        Type = AgentTaskType.Fix,
        Instructions = "Mend it.",
        Source = new LocalSource { Path = "/repository" },
        Requires = ["edit", "shell"],
        MaxCostUsd = 5,
    };

    private ProviderRouter _router = null!;
    private LinqRouter _linq = null!;

    [Params(8, 64)]
    public int Providers { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var descriptors = Enumerable.Range(0, Providers).Select(i => new ProviderDescriptor
        {
            Name = $"provider-{i:00}",
            Kind = ProviderKind.AgentCli,
            Capabilities = i % 4 == 3 ? ["edit"] : ["edit", "shell", "resume"],
            PricePerTaskUsd = i * 37 % 100 / 100m,
            Models = [new() { Name = "m", Prices = new() { InputUsd = 1 + (i % 5), OutputUsd = 10 } }],
            Limits = new() { Concurrent = 4 },
        }).ToList();
        _linq = new LinqRouter(descriptors, TimeProvider.System);
        _router = new ProviderRouter(new ProviderRegistry(descriptors.Select(descriptor => new SampleProvider(descriptor))));
        foreach (var descriptor in descriptors)
        {
            _router.Report(new ExecutionOutcome(Guid.Empty, descriptor.Name, AgentTaskType.Fix, OutcomeStage.Verified));
        }

        if (_linq.Route(_task).Provider != _router.Route(_task).Provider)
        {
            throw new InvalidOperationException("The two routers disagree: the comparison would mean nothing.");
        }
    }

    [Benchmark(Baseline = true)]
    public string? Linq() => _linq.Route(_task).Provider;

    [Benchmark]
    public string? Router() => _router.Route(_task).Provider;
}
