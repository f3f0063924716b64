using Orchestrator.Providers;
using Orchestrator.Routing.State;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Admission;

public sealed class AdmissionLeakTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public async Task A_tenant_that_no_store_could_keep_as_text_is_cleaned_and_its_money_counts(int broken)
    {
        var (label, tenant) = ($"a{(char)broken}b\U0001F600", "a\uFFFDb\U0001F600");
        var store = new InMemoryRoutingStateStore(new ManualTimeProvider());
        var rig = new AdmissionRig(options => options.Budgets.Add(new RoutingBudget { Name = "cap", Scope = BudgetScope.Tenant, MaxUsd = 10 }), store: store);

        await using (var admission = (await rig.Desk.AdmitAsync(rig.Request(usd: 4, task: TaskOf("t", label)), Cancel)).Admission)
        {
            Assert.True(await admission.SettleAsync(3, 0, Cancel));
        }

        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
        Assert.Equal(7m, rig.LeftUsd(tenant));
        var balance = Assert.Single(await store.ListBalancesAsync(rig.Clock.GetUtcNow(), Cancel));
        Assert.Equal((tenant, 3_000_000_000), (balance.Key.Owner, balance.SpentNanoUsd));
    }

    [Fact]
    public void A_very_long_tenant_is_not_cut_through_a_character()
    {
        var rig = WithBudget(BudgetScope.Tenant, 10);
        var name = new string('x', BudgetKey.MaxOwnerLength - 1);

        rig.Admit(usd: 4, task: TaskOf("t", name + "\U0001F600"));

        Assert.Equal(6m, rig.LeftUsd(name));
    }

    [Fact]
    public void A_cost_that_makes_no_sense_is_no_reason_to_keep_the_slot()
    {
        var rig = WithBudget(BudgetScope.All, 10, tokens: 100);

        Assert.True(rig.Admit(usd: 4, tokens: 40).Admission.Settle(-1, -1));

        Assert.Equal((10m, 100), (rig.LeftUsd(), rig.Left().Tokens));
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public void What_was_taken_before_a_budget_breaks_goes_back()
    {
        var rig = new AdmissionRig(
            options =>
            {
                options.Budgets.Add(new RoutingBudget { Name = "all", Window = BudgetWindow.Total, MaxUsd = 10 });
                options.Budgets.Add(new RoutingBudget { Name = "month", Scope = BudgetScope.Task, Window = BudgetWindow.Month, MaxUsd = 10 });
            },
            new ProviderLimits { Concurrent = 1 });

        // No month follows this one.
        rig.Clock.Advance(new DateTimeOffset(9999, 12, 15, 0, 0, 0, TimeSpan.Zero) - rig.Clock.GetUtcNow());
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Admit(usd: 4));

        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
        Assert.True(rig.Registry.Budgets.PlanOf(rig.Registry.Snapshot).Seats[0].Cell!.Peek(rig.Clock.GetUtcNow().UtcTicks)!.Money.Committed == 0);
    }
}
