using Orchestrator.Routing.Admission;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class AllocationTests
{
    private static readonly AgentTask Task = NewTask() with
    {
        Source = new GitHubSource { Owner = "acme", Repository = "shop", Branch = "main" },
        Requires = ["edit"],
        PreferredModel = "m2",
        PreferredTags = ["fast"],
        DataResidency = ["eu"],
        Labels = new ValueMap([new("tenant", "acme")]),
        MaxCostUsd = 5,
        CostProfile = CostProfile.Economy,
        Priority = -10,
    };

    [Theory]
    [InlineData(1, RoutingPolicies.Best)]
    [InlineData(8, RoutingPolicies.Best)]
    [InlineData(64, RoutingPolicies.Best)]
    [InlineData(8, RoutingPolicies.Weighted)]
    [InlineData(64, RoutingPolicies.Weighted)]
    [InlineData(8, RoutingPolicies.PowerOfTwoChoices)]
    [InlineData(8, RoutingPolicies.Tiers)]
    [InlineData(8, RoutingPolicies.Thompson)]
    public void A_decision_allocates_nothing_in_steady_state(int providers, string policy)
    {
        var router = new ProviderRouter(Registry(providers, policy), TimeProvider.System);

        var before = AllocatedBy(router, Task, times: 30_000);
        var after = InSteadyState(() => AllocatedBy(router, Task, times: 10_000));
        var apart = Task with { Source = new LocalSource { Path = "/r" } };
        AllocatedBy(router, apart, times: 30_000);
        var withoutSession = InSteadyState(() => AllocatedBy(router, apart, times: 10_000));

        Assert.True(after + withoutSession == 0, $"{after} and {withoutSession} bytes in 10,000 decisions (warm-up: {before}).");
    }

    [Theory]
    [InlineData(8, RoutingPolicies.Thompson)]
    [InlineData(64, RoutingPolicies.Best)]
    public void A_decision_that_is_reserved_and_settled_allocates_nothing_with_everything_on(int providers, string policy)
    {
        var registry = Registry(providers, policy);
        var router = new ProviderRouter(registry, TimeProvider.System);
        var desk = new AdmissionDesk(registry, TimeProvider.System);

        AttemptsAllocate(router, desk, times: 30_000);
        var bytes = InSteadyState(() => AttemptsAllocate(router, desk, times: 10_000));

        Assert.True(bytes == 0, $"{bytes} bytes in 10,000 attempts.");
        Assert.All(registry.Providers, provider => Assert.Equal(0, desk.GetInFlight(provider.Name)));
    }

    // An order of fallbacks that was never seen before is kept once, and so is a processor's first ticket: chance decides when the last of them has come.
    private static long InSteadyState(Func<long> allocate)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            least = Math.Min(least, allocate());
        }

        return least;
    }

    private static long AttemptsAllocate(ProviderRouter router, AdmissionDesk desk, int times)
    {
        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            var decision = router.Route(Task);
            var result = desk.TryAdmit(new AdmissionRequest(Task, decision.Provider!, "attempt-1", (decimal)decision.ExpectedPriceUsd, decision.ExpectedTokens));
            if (!result.Admission.Settle(0.0001m, tokens: 900))
            {
                throw new InvalidOperationException("The attempt was not admitted.");
            }

            router.Report(new ExecutionOutcome(decision.Id, decision.Provider!, AgentTaskType.Fix, OutcomeStage.Ended, Complexity: TaskComplexity.Simple));
        }

        return GC.GetAllocatedBytesForCurrentThread() - start;
    }

    private static ProviderRegistry Registry(int providers, string policy)
    {
        var options = new ProviderRoutingOptions { Seed = 42, Policy = policy, UseCatalogue = false };
        (options.Learning.FloorShare, options.Learning.ExplorationShare) = (0.1, 0.2);
        options.Rules.Add(new() { Name = "other", When = new() { Repositories = ["other/*"] }, Then = new() { Provider = "p00" } });
        options.Experiments.Add(new() { Name = "ab", UnitLabel = "tenant", Arms = [new() { Name = "a", Share = 1, Then = new() { Group = "fast" } }] });
        options.Budgets.Add(new() { Name = "daily", MaxUsd = 1_000_000, MaxTokens = 1_000_000_000 });
        options.Budgets.Add(new() { Name = "tenants", Scope = BudgetScope.Tenant, MaxUsd = 1_000_000 });
        options.Budgets.Add(new() { Name = "tasks", Scope = BudgetScope.Task, Window = BudgetWindow.Total, MaxUsd = 1_000_000 });
        options.Budgets.Add(new() { Name = "providers", Scope = BudgetScope.Provider, MaxUsd = 1_000_000 });
        return new ProviderRegistry(
            Enumerable.Range(0, providers).Select(i => new StubProvider(Provider($"p{i:00}", i * 0.001m) with
            {
                Sources = [SourceKind.Local, SourceKind.GitHub],
                Capabilities = ["edit", "shell"],
                Tags = ["fast"],
                DataResidency = ["eu"],
                Limits = new() { Concurrent = 4, RequestsPerDay = int.MaxValue, RequestsPerMinute = 1_000_000_000, TokensPerMinute = 1_000_000_000_000 },
                Models = [new() { Name = "m1", Prices = new() { InputUsd = 1 } }, new() { Name = "m2", Prices = new() { InputUsd = 1 } }],
            })),
            options);
    }

    private static long AllocatedBy(ProviderRouter router, AgentTask task, int times)
    {
        var constraints = new RoutingConstraints { Excluded = ["nobody"], EstimatedTokens = 100, RemainingUsd = 4 };
        var outcome = new ExecutionOutcome(Guid.Empty, "p00", AgentTaskType.Fix, OutcomeStage.Ended, Complexity: TaskComplexity.Simple);
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
