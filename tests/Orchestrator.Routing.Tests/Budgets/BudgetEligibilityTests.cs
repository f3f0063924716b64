using Orchestrator.Routing.Tests.Admission;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Budgets;

public sealed class BudgetEligibilityTests
{
    [Theory]
    [InlineData(BudgetScope.All)]
    [InlineData(BudgetScope.Provider)]
    public void What_is_above_the_whole_cap_never_becomes_eligible_by_itself(BudgetScope scope)
    {
        var rig = Rig(new RoutingBudget { Name = "hourly", Scope = scope, Window = BudgetWindow.Hour, MaxUsd = 0.5m });

        var rejection = Rejection(rig);

        Assert.Null(rejection.EligibleAt);
        Assert.Equal("costs about 1.0000 USD; budget 'hourly' has 0.5000 USD left", Assert.Single(rejection.Candidates[1].Reasons).Text);
        Assert.Null(rig.Admit(usd: 1).Rejection!.Until);
        Assert.Null(Assert.Single(rejection.Candidates[1].Reasons).Until);
    }

    [Fact]
    public void Tokens_above_the_whole_cap_never_become_eligible_by_themselves()
    {
        var rig = Rig(new RoutingBudget { Name = "hourly", Window = BudgetWindow.Hour, MaxTokens = 10 });

        Assert.Null(Rejection(rig).EligibleAt);
        Assert.Null(rig.Admit(tokens: 11).Rejection!.Until);
    }

    [Fact]
    public void Of_several_budgets_of_a_provider_only_those_that_refuse_say_until_when()
    {
        var rig = Rig(
            new RoutingBudget { Name = "month", Scope = BudgetScope.Provider, Window = BudgetWindow.Month, MaxUsd = 100 },
            new RoutingBudget { Name = "hour", Scope = BudgetScope.Provider, Window = BudgetWindow.Hour, MaxUsd = 1.5m });
        rig.Admit(usd: 1).Admission.Settle(1, 0);

        var rejection = Rejection(rig);

        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromHours(1), rejection.EligibleAt);
        Assert.Equal("costs about 1.0000 USD; budget 'hour' has 0.5000 USD left; until 2026-01-01 01:00:00Z", Assert.Single(rejection.Candidates[1].Reasons).Text);
    }

    [Fact]
    public void Of_several_budgets_of_a_provider_that_refuse_the_latest_counts()
    {
        var rig = Rig(
            new RoutingBudget { Name = "month", Scope = BudgetScope.Provider, Window = BudgetWindow.Month, MaxUsd = 1.8m },
            new RoutingBudget { Name = "hour", Scope = BudgetScope.Provider, Window = BudgetWindow.Hour, MaxUsd = 1.2m });
        rig.Admit(usd: 1).Admission.Settle(1, 0);

        Assert.Equal(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), Rejection(rig).EligibleAt);
        Assert.Equal(2, Rejection(rig).Candidates[1].Reasons.Count);
    }

    private static AdmissionRig Rig(params RoutingBudget[] budgets) => new(options =>
    {
        foreach (var budget in budgets)
        {
            options.Budgets.Add(budget);
        }

        options.Providers["claude"] = new ProviderSettings { Enabled = false };
    });

    private static RoutingRejection Rejection(AdmissionRig rig) => new ProviderRouter(rig.Registry, rig.Clock).Route(TaskOf("t")).Rejection!;
}
