using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing.Tests.Admission;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Budgets;

public sealed class UsedUpBudgetTests
{
    [Theory]
    [InlineData(BudgetScope.All)]
    [InlineData(BudgetScope.Provider)]
    [InlineData(BudgetScope.Task)]
    public void Money_that_is_used_up_lets_not_even_an_attempt_in_that_is_expected_to_be_free(BudgetScope scope)
    {
        var rig = new AdmissionRig(options =>
        {
            options.Budgets.Add(new RoutingBudget { Name = "cap", Scope = scope, MaxUsd = 1 });
            options.Providers["codex"] = new ProviderSettings { PricePerTaskUsd = 0 };
        });
        rig.Admit().Admission.Settle(0.5m, 0);
        Assert.False(Routed(rig).IsRejected);
        rig.Admit().Admission.Settle(0.5m, 0);

        var refused = rig.Admit();

        Assert.Equal(RejectionReason.Budget, refused.Rejection?.Reason);
        Assert.Contains("needs $0.00; budget 'cap'", refused.Rejection!.Text, StringComparison.Ordinal);
        Assert.Contains("has $0.00 left of $1.00", refused.Rejection.Text, StringComparison.Ordinal);
        Assert.Equal(RejectionReason.Budget, Routed(rig).Rejection?.Candidates.Single(candidate => candidate.Provider == "codex").Rejection);
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(rig.Admit().IsAdmitted);
    }

    [Fact]
    public void Tokens_that_are_used_up_let_not_even_an_attempt_in_that_is_expected_to_use_none()
    {
        var rig = WithBudget(BudgetScope.All, usd: null, tokens: 100);
        rig.Admit().Admission.Settle(0, 100);

        var refused = rig.Admit().Rejection;

        Assert.Equal("needs 0 tokens; budget 'cap' has 0 tokens left of 100 tokens; until 2026-01-02 00:00:00Z", refused?.Text);
    }

    [Fact]
    public void What_runs_for_the_whole_cap_keeps_a_free_attempt_out_until_it_has_ended_for_less()
    {
        var rig = WithBudget(BudgetScope.All, 1);
        var all = rig.Admit(usd: 1).Admission;
        Assert.False(rig.Admit().IsAdmitted);

        all.Settle(0.9m, 0);

        Assert.True(rig.Admit().IsAdmitted);
    }

    [Fact]
    public void A_cap_on_money_asks_for_a_price_of_every_model_because_any_may_be_chosen()
    {
        static ProviderRegistry Registry(params decimal[] prices) => new(
            [new StubProvider(RouterRig.Provider("codex") with { Models = [.. prices.Select((price, index) => new ModelDescriptor { Name = $"m{index}", Prices = new() { InputUsd = price } })] })],
            new ProviderRoutingOptions { UseCatalogue = false, Budgets = { new RoutingBudget { Name = "cap", MaxUsd = 1 } } });

        Assert.Contains("no price of codex is known", Assert.Throws<OptionsValidationException>(() => Registry(1, 0)).Message, StringComparison.Ordinal);
        Assert.True(Registry(1, 2).Providers[0].HasPrice);
    }

    private static RoutingDecision Routed(AdmissionRig rig) => new ProviderRouter(rig.Registry, rig.Clock).Route(TaskOf("task-1") with { Provider = "codex" });
}
