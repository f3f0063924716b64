using Orchestrator.Providers;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Admission;

public sealed class AdmissionAllocationTests
{
    [Fact]
    public void Admitting_and_settling_under_three_budgets_and_all_limits_allocates_nothing()
    {
        var limits = new ProviderLimits { Concurrent = 8, RequestsPerMinute = 1_000_000_000, RequestsPerDay = int.MaxValue, TokensPerMinute = 1_000_000_000_000 };
        var rig = new AdmissionRig(
            options =>
            {
                options.Budgets.Add(new RoutingBudget { Name = "all", MaxUsd = 1_000_000, MaxTokens = 1_000_000_000 });
                options.Budgets.Add(new RoutingBudget { Name = "provider", Scope = BudgetScope.Provider, MaxUsd = 1_000_000 });
                options.Budgets.Add(new RoutingBudget { Name = "tenant", Scope = BudgetScope.Tenant, MaxUsd = 1_000_000 });
            },
            limits);
        var request = rig.Request(usd: 0.25m, tokens: 1000, task: TaskOf("task-1", "acme"));

        Run(rig, request, 1_000);
        var bytes = Run(rig, request, 10_000);

        Assert.True(bytes == 0, $"{bytes} bytes in 10,000 admissions.");
        Assert.Equal(1_000_000m - (11_000 * 0.2m), rig.LeftUsd());
    }

    private static long Run(AdmissionRig rig, AdmissionRequest request, int times)
    {
        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            var result = rig.Desk.TryAdmit(request);
            result.Admission.Settle(0.2m, 900);
        }

        return GC.GetAllocatedBytesForCurrentThread() - start;
    }
}
