using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.Attempts.AttemptRig;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

public sealed class RacingTests
{
    private static readonly AgentTask Hedged = NewTask() with { Racing = TaskRacing.Hedge };
    private static readonly AgentTask Raced = NewTask() with { Racing = TaskRacing.Race };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_that_does_not_allow_it_has_one_provider_at_a_time()
    {
        var rig = Three().Script("a", Hangs);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = rig.RunAsync(cancellationToken: stop.Token);
        rig.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(["a"], rig.Asked);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_hedge_starts_after_its_delay_and_the_loser_is_cancelled_and_charged()
    {
        var cancelled = false;
        var rig = Three().Script("a", async (context, token) =>
        {
            try
            {
                return await Hangs(context, token);
            }
            catch (OperationCanceledException)
            {
                cancelled = true;
                return new AttemptResult<string> { Failure = new AgentFailure { Class = FailureClass.Cancelled, Message = "lost" }, CostUsd = 0.07m, Tokens = 5 };
            }
        }).Script("b", Answers(0.2m));

        var running = rig.RunAsync(Hedged, Token);
        await rig.Clock.WaitForTimerAsync(1, Token);
        Assert.Equal(["a"], rig.Asked);
        rig.Clock.Advance(TimeSpan.FromMinutes(3));
        var outcome = await running;

        Assert.Equal("b", outcome.Value);
        Assert.True(cancelled);
        Assert.Equal(0.27m, outcome.CostUsd);
        Assert.Equal([("b", true), ("a", false)], outcome.Attempts.Select(attempt => (attempt.Provider, attempt.IsHedge)));
        Assert.Equal(0, rig.Admission.GetInFlight("a"));
    }

    [Fact]
    public async Task A_provider_that_is_quick_enough_is_not_hedged()
    {
        var rig = Three();

        Assert.Equal("a", (await rig.RunAsync(Hedged, Token)).Value);
        Assert.Equal(["a"], rig.Asked);
        Assert.Equal(0, rig.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Hedges_are_a_share_of_the_traffic()
    {
        var rig = Three(options => options.Attempts.HedgeShare = 0).Script("a", Hangs);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var first = rig.RunAsync(Hedged, stop.Token);
        await rig.Clock.WaitForTimerAsync(1, Token);
        var second = rig.RunAsync(Hedged, stop.Token);
        await rig.Clock.WaitForTimerAsync(2, Token);
        rig.Clock.Advance(TimeSpan.FromMinutes(3));

        // One a minute is free, so exactly one of the two gets its second provider.
        await Task.WhenAny(first, second);
        Assert.Equal(1, rig.Asked.Count(name => name == "b"));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(first, second));
    }

    [Fact]
    public async Task A_race_starts_two_at_once_and_the_first_success_wins()
    {
        var rig = Three().Script("a", Hangs);

        var outcome = await rig.RunAsync(Raced, Token);

        Assert.Equal("b", outcome.Value);
        Assert.Equal(["a", "b"], rig.Asked);
        Assert.Equal(FailureClass.Cancelled, outcome.Attempts[1].Failure!.Class);
    }

    [Fact]
    public async Task A_race_that_both_lose_goes_on_with_the_next()
    {
        var rig = Three().Script("a", Fails(FailureClass.Crashed)).Script("b", Fails(FailureClass.Crashed));

        Assert.Equal("c", (await rig.RunAsync(Raced, Token)).Value);
    }

    [Fact]
    public async Task A_race_in_which_one_fails_is_won_by_the_other()
    {
        var release = new TaskCompletionSource();
        var rig = Three().Script("a", Fails(FailureClass.Crashed)).Script("b", async (context, token) =>
        {
            await release.Task;
            return await Answers()(context, token);
        });

        var running = rig.RunAsync(Raced, Token);
        release.SetResult();

        Assert.Equal("b", (await running).Value);
        Assert.Equal(["a", "b"], rig.Asked);
    }

    [Fact]
    public async Task What_the_loser_breaks_while_it_is_cleaned_up_does_not_hide_the_winner()
    {
        var rig = Three();

        var outcome = await rig.Attempts.RunAsync<Closing>(
            new AttemptRequest { Task = Raced },
            async (context, token) =>
            {
                if (context.Provider.Name == "a")
                {
                    await new TaskCompletionSource().Task.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                return new AttemptResult<Closing> { Value = new Closing(context.Provider.Name), CostUsd = 0 };
            },
            Token);

        Assert.Equal("b", outcome.Value!.Name);
        Assert.Equal(["b", "a"], outcome.Attempts.Select(attempt => attempt.Provider));
        Assert.Equal(0, rig.Admission.GetInFlight("a"));
    }

    private static AttemptRig Three(Action<ProviderRoutingOptions>? configure = null) => new(
        [Provider("a", 0.1m), Provider("b", 0.2m), Provider("c", 0.3m)],
        options =>
        {
            options.Attempts.HedgeDelay = TimeSpan.FromMinutes(3);
            configure?.Invoke(options);
        });

    private sealed record Closing(string Name) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.FromException(new OperationCanceledException("cut while closing"));
    }
}
