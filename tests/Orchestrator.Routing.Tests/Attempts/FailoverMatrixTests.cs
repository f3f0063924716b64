using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;
using static Orchestrator.Routing.Tests.Attempts.AttemptRig;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

/// <summary>What becomes of a task when its provider fails in each of the known ways.</summary>
public sealed class FailoverMatrixTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_primary_that_is_down_is_not_asked_any_more_once_its_breaker_is_open()
    {
        var rig = Pair().Script("primary", Fails(FailureClass.Unavailable));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        }

        Assert.Equal(3, rig.Asked.Count(name => name == "primary"));
    }

    [Fact]
    public async Task A_lone_primary_that_is_down_opens_its_breaker_too_and_the_answer_says_when_to_come_back()
    {
        var rig = new AttemptRig([Provider("primary")]).Script("primary", Fails(FailureClass.Unavailable));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(FailureClass.Unavailable, (await rig.RunAsync(cancellationToken: Token)).Failure!.Class);
        }

        var rejected = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(3, rig.Asked.Count);
        Assert.Empty(rejected.Attempts);
        Assert.Equal(RejectionReason.BreakerOpen, rejected.Rejection!.Candidates.Single().Rejection);
        Assert.InRange(rejected.EligibleAt!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(37.5));
    }

    [Fact]
    public async Task After_the_break_one_probe_goes_first_and_closes_the_breaker()
    {
        var down = Fails(FailureClass.Unavailable);
        var rig = new AttemptRig([Provider("primary")]).Script("primary", down, down, down, Answers());
        for (var i = 0; i < 3; i++)
        {
            await rig.RunAsync(cancellationToken: Token);
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("primary", (await rig.RunAsync(cancellationToken: Token)).Value);
        Assert.Equal("primary", (await rig.RunAsync(cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Rate_limited_with_Retry_After_the_next_takes_over_until_that_time_and_it_is_no_failure()
    {
        var rig = Pair().Script("primary", Fails(FailureClass.RateLimited, TimeSpan.FromMinutes(2)), Answers());

        Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        rig.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("primary", (await rig.RunAsync(cancellationToken: Token)).Value);
        Assert.Equal(["primary", "second", "second", "primary"], rig.Asked);
    }

    [Fact]
    public async Task Rate_limited_without_Retry_After_it_is_left_alone_for_the_configured_time()
    {
        var rig = Pair().Script("primary", Fails(FailureClass.RateLimited), Answers());

        Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        rig.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("primary", (await rig.RunAsync(cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task A_lone_provider_that_asks_for_a_short_wait_is_waited_for()
    {
        var rig = new AttemptRig([Provider("primary")]).Script("primary", Fails(FailureClass.RateLimited, TimeSpan.FromSeconds(10)), Answers());

        var running = rig.RunAsync(cancellationToken: Token);
        await rig.Clock.WaitForTimerAsync(1, Token);
        rig.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("primary", (await running).Value);
        Assert.Equal(2, rig.Asked.Count);
    }

    [Fact]
    public async Task A_lone_provider_that_asks_for_a_long_wait_is_not_waited_for()
    {
        var rig = new AttemptRig([Provider("primary")]).Script("primary", Fails(FailureClass.RateLimited, TimeSpan.FromMinutes(10)));

        var outcome = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(FailureClass.RateLimited, outcome.Failure!.Class);
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(10), outcome.EligibleAt);
    }

    [Theory]
    [InlineData(FailureClass.Authentication)]
    [InlineData(FailureClass.Quota)]
    public async Task A_refused_key_and_a_used_up_quota_send_everything_to_the_next_at_once(FailureClass failure)
    {
        var rig = Pair().Script("primary", Fails(failure));

        Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        Assert.Equal("second", (await rig.RunAsync(cancellationToken: Token)).Value);
        Assert.Equal(["primary", "second", "second"], rig.Asked);
    }

    [Theory]
    [InlineData(FailureClass.ModelNotFound)]
    [InlineData(FailureClass.ContentPolicy)]
    [InlineData(FailureClass.Crashed)]
    [InlineData(FailureClass.StartupTimeout)]
    [InlineData(FailureClass.IdleTimeout)]
    [InlineData(FailureClass.TurnLimit)]
    public async Task What_is_the_providers_own_trouble_goes_to_the_next(FailureClass failure)
    {
        var rig = Pair().Script("primary", Fails(failure));

        var outcome = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal("second", outcome.Value);
        Assert.Equal([failure, null], outcome.Attempts.Select(attempt => attempt.Failure?.Class));
    }

    [Theory]
    [InlineData(FailureClass.BadRequest)]
    [InlineData(FailureClass.NoChanges)]
    [InlineData(FailureClass.OutsideWorkspace)]
    [InlineData(FailureClass.Configuration)]
    public async Task What_no_other_provider_would_do_better_ends_the_task(FailureClass failure)
    {
        var rig = Pair().Script("primary", Fails(failure));

        var outcome = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(failure, outcome.Failure!.Class);
        Assert.Equal(["primary"], rig.Asked);
    }

    [Fact]
    public async Task A_request_that_is_too_long_goes_to_the_next_larger_window_and_past_the_smaller_ones()
    {
        var rig = new AttemptRig([Sized("a-primary", 100_000, 0.1m), Sized("b-small", 50_000, 0.2m), Sized("c-same", 100_000, 0.3m), Sized("d-large", 1_000_000, 9m)])
            .Script("a-primary", Fails(FailureClass.ContextTooLong));

        var outcome = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal("d-large", outcome.Value);
        Assert.Equal(["a-primary", "d-large"], rig.Asked);
    }

    [Fact]
    public async Task A_server_error_is_tried_once_more_at_the_same_provider_after_a_wait_and_then_at_the_next()
    {
        var rig = Pair().Script("primary", Fails(FailureClass.ProviderError));

        var running = rig.RunAsync(cancellationToken: Token);
        await rig.Clock.WaitForTimerAsync(1, Token);
        Assert.Equal(["primary"], rig.Asked);
        rig.Clock.Advance(TimeSpan.FromSeconds(2.5));

        Assert.Equal("second", (await running).Value);
        Assert.Equal(["primary", "primary", "second"], rig.Asked);
    }

    [Fact]
    public async Task A_provider_that_hangs_is_ended_by_the_tasks_deadline()
    {
        var rig = Pair().Script("primary", Hangs);
        var task = NewTask() with { Deadline = rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(1) };

        var running = rig.RunAsync(task, Token);
        await rig.Clock.WaitForTimerAsync(1, Token);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        var outcome = await running;

        Assert.Equal(FailureClass.Timeout, outcome.Failure!.Class);
        Assert.Equal(FailureClass.Cancelled, Assert.Single(outcome.Attempts).Failure!.Class);
        Assert.Equal(0, rig.Admission.GetInFlight("primary"));
    }

    [Fact]
    public async Task When_all_are_down_the_answer_names_the_earliest_time_at_which_anybody_becomes_eligible()
    {
        var rig = new AttemptRig([Provider("a"), Provider("b"), Provider("c")])
            .Script("a", Fails(FailureClass.RateLimited, TimeSpan.FromMinutes(9)))
            .Script("b", Fails(FailureClass.RateLimited, TimeSpan.FromMinutes(3)))
            .Script("c", Fails(FailureClass.Authentication));

        var first = await rig.RunAsync(cancellationToken: Token);
        var second = await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(3, first.Attempts.Count);
        Assert.Empty(second.Attempts);
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(3), second.EligibleAt);
        Assert.Equal(second.EligibleAt, first.EligibleAt);
    }

    [Fact]
    public async Task Sixty_four_callers_race_for_a_budget_of_ten_and_ten_get_it()
    {
        var inside = 0;
        var full = new TaskCompletionSource();
        var rig = new AttemptRig([Provider("a", 1m)], options => options.Budgets.Add(new RoutingBudget { Name = "all", MaxUsd = 10m }))
            .Script("a", async (context, _) =>
            {
                if (Interlocked.Increment(ref inside) == 10)
                {
                    full.SetResult();
                }

                await full.Task;
                return new AttemptResult<string> { Value = context.Id, CostUsd = 1m, Tokens = 0 };
            });

        var running = Enumerable.Range(0, 64).Select(_ => Task.Run(() => rig.RunAsync(cancellationToken: Token))).ToList();
        var outcomes = await Task.WhenAll(running);

        Assert.Equal(10, outcomes.Count(outcome => outcome.Succeeded));
        Assert.All(outcomes.Where(outcome => !outcome.Succeeded), outcome => Assert.Equal(FailureClass.Budget, outcome.Failure!.Class));
        Assert.Equal(10m, outcomes.Sum(outcome => outcome.CostUsd));
    }

    private static AttemptRig Pair() => new([Provider("primary", 0.1m), Provider("second", 0.2m)]);

    private static ProviderDescriptor Sized(string name, long window, decimal price) =>
        Provider(name, price) with { Models = [new ModelDescriptor { Name = "m", ContextWindow = window }] };
}
