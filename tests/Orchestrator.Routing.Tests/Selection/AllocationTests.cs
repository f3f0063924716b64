using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    public void A_decision_allocates_nothing_in_steady_state(int providers)
    {
        var registry = new ProviderRegistry(Enumerable.Range(0, providers).Select(i => new StubProvider(Provider($"p{i:00}", i * 0.01m) with
        {
            Capabilities = ["edit", "shell"],
            Models = [new() { Name = "m1" }, new() { Name = "m2", Prices = new() { InputUsd = 1 } }],
        })));
        var router = new ProviderRouter(registry, TimeProvider.System);
        var task = NewTask() with { Requires = ["edit"], PreferredModel = "m2", MaxCostUsd = 5, CostProfile = CostProfile.Economy, Priority = 10 };
        var constraints = new RoutingConstraints { Excluded = ["nobody"], EstimatedTokens = 100 };
        var outcome = new ExecutionOutcome(Guid.Empty, "p00", AgentTaskType.Fix, OutcomeStage.Verified);

        var before = AllocatedBy(router, task, constraints, outcome, times: 1_000);
        var after = AllocatedBy(router, task, constraints, outcome, times: 10_000);

        Assert.True(after == 0, $"{after} bytes in 10,000 decisions (warm-up: {before}).");
    }

    private static long AllocatedBy(ProviderRouter router, AgentTask task, RoutingConstraints constraints, ExecutionOutcome outcome, int times)
    {
        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            router.Route(task);
            router.Route(task, constraints);
            router.Report(outcome);
        }

        return GC.GetAllocatedBytesForCurrentThread() - start;
    }
}
