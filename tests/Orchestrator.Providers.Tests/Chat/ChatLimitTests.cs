using Microsoft.Extensions.AI;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

public sealed class ChatLimitTests
{
    private static readonly ModelDescriptor Priced = new() { Name = "m1", Prices = new TokenPrices { InputUsd = 1000, CachedInputUsd = 1000 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_are_limited_and_what_they_cost_is_told()
    {
        await using var rig = new ChatRig(options => options.MaxTurns = 3).Write("a.txt", "x\n");
        for (var i = 1; i <= 5; i++)
        {
            rig.Client.Call("list", ("depth", i));
        }

        var failure = await rig.FailAsync();

        Assert.Equal((FailureClass.TurnLimit, 3, 300), (failure.Class, rig.Client.Requests.Count, failure.Usage.InputTokens));
    }

    [Fact]
    public async Task Tokens_are_limited()
    {
        await using var rig = new ChatRig(options => options.MaxTokens = 220);
        rig.Client.Call("list", ("depth", 1)).Call("list", ("depth", 2)).Call("list", ("depth", 3));

        var failure = await rig.FailAsync();

        Assert.Equal((FailureClass.Budget, 2), (failure.Class, rig.Client.Requests.Count));
    }

    [Theory]
    [InlineData(0.15, null)]
    [InlineData(null, 0.15)]
    [InlineData(9.0, 0.15)]
    public async Task Money_is_limited_by_the_lesser_of_budget_and_setting(double? budget, double? cap)
    {
        await using var rig = new ChatRig(options => (options.Models, options.MaxCostUsd, options.Model) = ([Priced], (decimal?)cap, "m1"));
        rig.Client.Call("list", ("depth", 1)).Call("list", ("depth", 2)).Call("list", ("depth", 3));

        var failure = await rig.FailAsync(execution => execution with { BudgetUsd = (decimal?)budget });

        Assert.Equal((FailureClass.Budget, 2, 0.2m), (failure.Class, rig.Client.Requests.Count, failure.CostUsd));
    }

    [Fact]
    public async Task The_flat_price_of_a_task_is_part_of_its_cost_and_of_its_limit()
    {
        await using var rig = new ChatRig(options => (options.Models, options.Model, options.PricePerTaskUsd) = ([Priced], "m1", 0.5m));
        rig.Client.Call("list", ("depth", 1)).Call("list", ("depth", 2)).Call("list", ("depth", 3));

        var failure = await rig.FailAsync(static execution => execution with { BudgetUsd = 0.65m });
        var events = await rig.RunAsync();

        Assert.Equal((FailureClass.Budget, 0.7m), (failure.Class, failure.CostUsd));
        Assert.Equal(0.7m, Assert.IsType<AgentCompleted>(events[^1]).Result.CostUsd);
        Assert.Equal([0.6m, 0.7m], events.OfType<AgentUsageReported>().Select(static told => told.CostUsd));
    }

    [Theory]
    [InlineData(0.5, 3, null)]
    [InlineData(0.4, 0, FailureClass.Budget)]
    public async Task A_flat_price_alone_counts_once(double budget, int requests, FailureClass? failed)
    {
        await using var rig = new ChatRig(options => options.PricePerTaskUsd = 0.5m);
        rig.Client.Call("list", ("depth", 1)).Call("list", ("depth", 2));

        var ended = (await rig.RunAsync("do it", execution => execution with { BudgetUsd = (decimal)budget }))[^1];

        Assert.Equal((requests, failed), (rig.Client.Requests.Count, (ended as AgentFailed)?.Failure.Class));
        Assert.Equal(failed is null ? 0.5m : null, ended is AgentCompleted { Result: var result } ? result.CostUsd : ((AgentFailed)ended).Failure.CostUsd);
    }

    [Fact]
    public async Task An_answer_that_ends_the_task_counts_although_the_money_is_spent()
    {
        await using var rig = new ChatRig(options => (options.Models, options.Model) = ([Priced], "m1"));

        Assert.IsType<AgentCompleted>((await rig.RunAsync("do it", execution => execution with { BudgetUsd = 0.05m }))[^1]);
    }

    [Fact]
    public async Task The_very_same_call_is_answered_refused_and_then_ends_the_run()
    {
        await using var rig = new ChatRig(options => options.MaxIdenticalCalls = 2).Write("a.txt", "x\n");
        rig.Client.Otherwise = _ => Task.FromResult(rig.Client.Calls("again", ("view", [("path", "a.txt")])));

        var failure = await rig.FailAsync();

        Assert.Equal((FailureClass.TurnLimit, 4), (failure.Class, rig.Client.Requests.Count));
        Assert.Contains("1\tx", Assert.Single(ScriptedChatClient.Results(rig.Client.Requests[2])), StringComparison.Ordinal);
        Assert.StartsWith("Nothing in the workspace has changed", Assert.Single(rig.Client.LastResults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_beyond_a_bound_in_one_answer_are_put_off()
    {
        await using var rig = new ChatRig().Write("a.txt", "x\n");
        rig.Client.Call("", [.. Enumerable.Range(1, 70).Select(i => ("view", new (string, object?)[] { ("path", "a.txt"), ("end", i) }))]);

        await rig.RunAsync();

        Assert.Equal(70, rig.Client.LastResults.Count);
        Assert.Contains("1\tx", rig.Client.LastResults[63], StringComparison.Ordinal);
        Assert.All(rig.Client.LastResults.Skip(64), told => Assert.StartsWith("Only 64 calls", told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_budget_without_a_price_is_warned_of()
    {
        await using var rig = new ChatRig();

        await rig.RunAsync("do it", execution => execution with { BudgetUsd = 1 });

        Assert.Contains($"cannot keep the budget of execution {rig.ExecutionId}", rig.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_limit_of_the_execution_stops_a_command_too()
    {
        await using var rig = new ChatRig(options => (options.AllowedCommands, options.TimeLimits) =
            (["sleep 600"], new AgentTimeLimits { Total = TimeSpan.FromMilliseconds(500), Grace = TimeSpan.Zero }));
        rig.Client.Call("run", ("command", "sleep 600"));

        Assert.Equal(FailureClass.Timeout, (await rig.FailAsync()).Class);
        Assert.Empty(Processes.NativeProcesses.FindSurvivors(rig.ExecutionId, 0));
    }

    [Fact]
    public async Task The_same_call_after_an_edit_is_no_repetition()
    {
        await using var rig = new ChatRig(options => options.MaxIdenticalCalls = 1).Write("a.txt", "0\n");
        for (var i = 0; i < 4; i++)
        {
            rig.Client.Call("view", ("path", "a.txt")).Call("edit", ("path", "a.txt"), ("old_str", $"{i}"), ("new_str", $"{i + 1}"));
        }

        Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]);
        Assert.Equal("4\n", rig.Read("a.txt"));
    }

    [Fact]
    public async Task A_request_that_is_not_answered_in_time_ends_even_when_the_client_does_not_heed_its_token()
    {
        var time = new ManualTimeProvider();
        await using var rig = new ChatRig(options => options.TimeLimits = new AgentTimeLimits { Idle = TimeSpan.FromMinutes(2) }, time);
        var asked = new TaskCompletionSource();
        rig.Client.Answer(_ =>
        {
            asked.SetResult();
            return new TaskCompletionSource<ChatResponse>().Task;
        });

        var failing = rig.FailAsync();
        await asked.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(FailureClass.IdleTimeout, (await failing).Class);
    }

    [Fact]
    public async Task The_whole_execution_has_a_limit()
    {
        var time = new ManualTimeProvider();
        await using var rig = new ChatRig(options => options.TimeLimits = new AgentTimeLimits { Idle = TimeSpan.FromHours(2), Total = TimeSpan.FromHours(1) }, time);
        rig.Client.Call("list", ("depth", 1)).Answer(async token =>
        {
            time.Advance(TimeSpan.FromHours(1));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException("never");
        });

        var failure = await rig.FailAsync();

        Assert.Equal((FailureClass.Timeout, 100), (failure.Class, failure.Usage.InputTokens));
    }

    [Fact]
    public async Task Cancellation_throws()
    {
        await using var rig = new ChatRig();
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        rig.Client.Answer(async token =>
        {
            await cancelling.CancelAsync();
            throw new HttpRequestException("the client wraps it");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.RunAsync(rig.Execution(), cancelling.Token));
    }

    [Fact]
    public async Task A_passing_failure_is_repeated_after_a_wait_that_grows()
    {
        var time = new ManualTimeProvider();
        await using var rig = new ChatRig(options => options.RequestRetries = 2, time);
        rig.Client.Throw(Status(500)).Throw(Status(429)).Say("at last");

        var running = rig.RunAsync();
        foreach (var seconds in new[] { 2, 4 })
        {
            // The execution's own clock, and the wait.
            await time.WaitForTimerAsync(2, Token);
            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal("at last", Assert.IsType<AgentCompleted>((await running)[^1]).Result.Summary);
        Assert.Equal(3, rig.Client.Requests.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    public async Task A_lasting_failure_is_not_repeated(int status)
    {
        await using var rig = new ChatRig(options => options.RequestRetries = 5);
        rig.Client.Throw(Status(status));

        await rig.FailAsync();

        Assert.Single(rig.Client.Requests);
    }

    private static HttpRequestException Status(int status) => new("refused", null, (System.Net.HttpStatusCode)status);
}
