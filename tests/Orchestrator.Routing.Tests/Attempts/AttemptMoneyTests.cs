using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.Attempts.AttemptRig;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

public sealed class AttemptMoneyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_race_whose_second_attempt_is_not_within_what_the_first_leaves_has_one_attempt()
    {
        var rig = new AttemptRig([Provider("a", 0.8m), Provider("b", 0.8m)]).Script("a", Answers(0.8m)).Script("b", Answers(0.8m));

        var outcome = await rig.RunAsync(NewTask() with { Racing = TaskRacing.Race, MaxCostUsd = 1m }, Token);

        Assert.Equal(0.8m, outcome.CostUsd);
        Assert.Equal(["a"], rig.Asked);
    }

    [Fact]
    public async Task The_second_attempt_of_a_race_may_spend_what_the_first_is_expected_to_leave()
    {
        List<decimal?> budgets = [];
        var rig = new AttemptRig([Provider("a", 0.3m), Provider("b", 0.4m)]).Script("a", Step).Script("b", Step);

        await rig.RunAsync(NewTask() with { Racing = TaskRacing.Race, MaxCostUsd = 1m }, Token);

        Assert.Equal([1m, 0.7m], budgets);

        async ValueTask<AttemptResult<string>> Step(AttemptContext context, CancellationToken token)
        {
            budgets.Add(context.BudgetUsd);
            return context.Provider.Name == "b" ? await Answers()(context, token) : await Hangs(context, token);
        }
    }

    [Fact]
    public async Task What_the_caller_says_remains_holds_for_all_attempts_also_without_a_limit_of_the_task()
    {
        var rig = new AttemptRig([Provider("a", 0.6m), Provider("b", 0.6m)]).Script("a", Fails(FailureClass.Unavailable, cost: 0.6m));

        var outcome = await rig.RunAsync(new AttemptRequest { Task = NewTask(), Constraints = new RoutingConstraints { RemainingUsd = 1m } }, Token);

        Assert.Equal(0.6m, outcome.CostUsd);
        Assert.Equal(["a"], rig.Asked);
        Assert.Equal(FailureClass.Unavailable, outcome.Failure!.Class);
    }

    [Fact]
    public async Task What_was_spent_before_is_taken_off_the_tasks_limit_and_not_off_what_the_caller_says_remains()
    {
        decimal? budget = null;
        var rig = new AttemptRig([Provider("a", 0.5m)]).Script("a", (context, token) =>
        {
            budget = context.BudgetUsd;
            return Answers()(context, token);
        });

        await rig.RunAsync(
            new AttemptRequest { Task = NewTask() with { MaxCostUsd = 1m }, SpentUsd = 0.4m, Constraints = new RoutingConstraints { RemainingUsd = 0.6m } }, Token);

        Assert.Equal(0.6m, budget);
    }

    [Fact]
    public async Task A_task_whose_money_was_used_up_before_is_not_attempted()
    {
        var rig = new AttemptRig([Provider("free")]);

        var outcome = await rig.RunAsync(new AttemptRequest { Task = NewTask() with { MaxCostUsd = 1m }, SpentUsd = 1m }, Token);

        Assert.Empty(rig.Asked);
        Assert.Equal(FailureClass.Budget, outcome.Failure!.Class);
        Assert.Contains("1 USD are spent, and 1 USD is the limit", outcome.Failure.Message);
    }

    [Fact]
    public async Task A_task_that_may_cost_nothing_goes_from_one_free_provider_to_the_next()
    {
        var rig = new AttemptRig([Provider("a"), Provider("b")]).Script("a", Fails(FailureClass.Crashed));

        Assert.Equal("b", (await rig.RunAsync(NewTask() with { MaxCostUsd = 0 }, Token)).Value);
    }

    [Fact]
    public async Task An_expected_price_that_is_charged_for_want_of_a_better_one_is_never_learned()
    {
        var rig = new AttemptRig([Provider("a", 1m)]).Script("a", (_, _) => ValueTask.FromResult(new AttemptResult<string> { Value = "done" }));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(1m, (await rig.RunAsync(cancellationToken: Token)).CostUsd);
        }

        var dearer = new ProviderRoutingOptions { Seed = 42 };
        dearer.Providers["a"] = new ProviderSettings { PricePerTaskUsd = 9m };
        rig.Registry.Update(dearer);

        Assert.Equal(9, rig.Router.Route(NewTask()).ExpectedPriceUsd, 3);
    }

    [Fact]
    public async Task A_cost_below_nothing_counts_as_nothing_and_the_slot_is_free()
    {
        var rig = new AttemptRig([Provider("a", 1m)]).Script("a", (_, _) => ValueTask.FromResult(new AttemptResult<string> { Value = "done", CostUsd = -1m, Tokens = -5 }));

        var outcome = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(0, outcome.CostUsd);
        Assert.Equal(0, rig.Admission.GetInFlight("a"));
    }
}
