using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;
using static Orchestrator.Routing.Tests.Attempts.AttemptRig;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

public sealed class ProviderAttemptsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_end_at_the_most_that_is_allowed_and_those_of_earlier_calls_count()
    {
        var rig = Five(options => options.Attempts.MaxAttempts = 3);

        var all = await rig.RunAsync(cancellationToken: Token);
        var some = await rig.RunAsync(new AttemptRequest { Task = NewTask(), AttemptsBefore = 2 }, Token);

        Assert.Equal([1, 2, 3], all.Attempts.Select(attempt => attempt.Number));
        Assert.Equal([3], some.Attempts.Select(attempt => attempt.Number));
        Assert.Equal(FailureClass.Crashed, all.Failure!.Class);
    }

    [Fact]
    public async Task A_task_whose_attempts_were_used_up_before_is_not_attempted()
    {
        var rig = Five(options => options.Attempts.MaxAttempts = 3);

        var outcome = await rig.RunAsync(new AttemptRequest { Task = NewTask(), AttemptsBefore = 3 }, Token);

        Assert.Empty(rig.Asked);
        Assert.Equal("3 attempts were made at the task before and came to nothing; 3 are the most.", outcome.Failure!.Message);
        Assert.Null(outcome.Rejection);
        Assert.Equal(outcome.Failure.Message, outcome.Decision.Rejection!.Message);
    }

    [Fact]
    public async Task What_the_attempts_cost_is_taken_off_what_the_task_may_cost()
    {
        var rig = new AttemptRig([Provider("a"), Provider("b"), Provider("c")]);
        List<decimal?> left = [];
        foreach (var name in new[] { "a", "b", "c" })
        {
            rig.Script(name, (context, token) =>
            {
                left.Add(context.BudgetUsd);
                return Fails(FailureClass.Crashed, cost: 0.4m)(context, token);
            });
        }

        var outcome = await rig.RunAsync(NewTask() with { MaxCostUsd = 0.8m }, Token);

        Assert.Equal([0.8m, 0.4m], left);
        Assert.Equal(FailureClass.Budget, outcome.Failure!.Class);
        Assert.Equal(0.8m, outcome.CostUsd);
    }

    [Fact]
    public async Task The_order_that_the_configuration_names_for_a_provider_that_failed_goes_before_the_score()
    {
        var rig = new AttemptRig(
            [Provider("a", 0.1m), Provider("b", 0.2m), Provider("c", 0.3m), Provider("d", 0.4m)],
            options => options.Providers["a"] = new ProviderSettings { Fallbacks = ["d", "c"] });
        rig.Script("a", Fails(FailureClass.Crashed)).Script("d", Fails(FailureClass.Crashed));

        Assert.Equal("c", (await rig.RunAsync(cancellationToken: Token)).Value);
        Assert.Equal(["a", "d", "c"], rig.Asked);
    }

    [Fact]
    public async Task Nobody_takes_the_place_of_a_provider_that_the_task_names()
    {
        var rig = new AttemptRig([Provider("a"), Provider("b")]).Script("b", Fails(FailureClass.Crashed));

        var outcome = await rig.RunAsync(NewTask() with { Provider = "b" }, Token);

        Assert.Equal(FailureClass.Crashed, outcome.Failure!.Class);
        Assert.Equal(["b"], rig.Asked);
    }

    [Fact]
    public async Task Retries_are_a_share_of_the_traffic()
    {
        var rig = new AttemptRig([Provider("a"), Provider("b")], options =>
        {
            options.Attempts.FreeRetries = 0;
            options.Attempts.RetryShare = 0.25;
        });
        rig.Script("a", Fails(FailureClass.ContentPolicy));

        for (var i = 0; i < 12; i++)
        {
            await rig.RunAsync(cancellationToken: Token);
        }

        Assert.Equal(12, rig.Asked.Count(name => name == "a"));
        Assert.Equal(3, rig.Asked.Count(name => name == "b"));
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_exception_and_the_slot_and_the_money_are_free()
    {
        var rig = new AttemptRig([Provider("a", 1m)], options => options.Budgets.Add(new RoutingBudget { Name = "all", MaxUsd = 1.5m }));
        rig.Script("a", Hangs, Answers());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = rig.RunAsync(cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(0, rig.Admission.GetInFlight("a"));

        // Nobody knows what the cancelled attempt cost: it is charged as expected, so half a dollar is left.
        Assert.Equal(FailureClass.Budget, (await rig.RunAsync(cancellationToken: Token)).Failure!.Class);
    }

    [Fact]
    public async Task What_the_callers_own_code_throws_comes_through_and_everything_is_given_back()
    {
        var rig = new AttemptRig([Provider("a")]).Script("a", (_, _) => throw new InvalidOperationException("broken"), Answers());

        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.RunAsync(cancellationToken: Token));

        Assert.Equal(0, rig.Admission.GetInFlight("a"));
        Assert.Equal("a", (await rig.RunAsync(cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task After_output_was_shown_nobody_takes_over()
    {
        var rig = new AttemptRig([Provider("a"), Provider("b")]).Script("a", (_, _) => ValueTask.FromResult(
            new AttemptResult<string> { Failure = new AgentFailure { Class = FailureClass.ProviderError, Message = "cut" }, IsCommitted = true }));

        Assert.Equal(FailureClass.ProviderError, (await rig.RunAsync(cancellationToken: Token)).Failure!.Class);
        Assert.Equal(["a"], rig.Asked);
    }

    [Fact]
    public async Task An_attempt_that_stays_open_is_settled_by_its_holder_once()
    {
        var rig = new AttemptRig([Provider("a", 1m)]).Script("a", (_, _) => ValueTask.FromResult(new AttemptResult<string> { Value = "head", IsOpen = true }));

        var outcome = await rig.RunAsync(cancellationToken: Token);
        Assert.Equal(1, rig.Admission.GetInFlight("a"));
        await outcome.Open!.EndAsync(new AttemptEnd(null, 0.2m, 10));
        await outcome.Open.DisposeAsync();

        Assert.Equal("head", outcome.Value);
        Assert.Equal(0, rig.Admission.GetInFlight("a"));
    }

    private static AttemptRig Five(Action<ProviderRoutingOptions> configure)
    {
        var names = new[] { "a", "b", "c", "d", "e" };
        var rig = new AttemptRig(names.Select(name => Provider(name)), configure);
        return names.Aggregate(rig, (all, name) => all.Script(name, Fails(FailureClass.Crashed)));
    }
}
