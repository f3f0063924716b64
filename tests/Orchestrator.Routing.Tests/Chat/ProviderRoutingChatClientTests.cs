using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing.Chat;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Chat.ScriptedChatClient;

namespace Orchestrator.Routing.Tests.Chat;

public sealed class ProviderRoutingChatClientTests
{
    private static readonly Exception Down = new HttpRequestException("down", null, HttpStatusCode.ServiceUnavailable);

    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cheapest_client_answers_with_its_own_model_and_is_never_disposed()
    {
        var (cheap, dear) = (new ScriptedChatClient { Frames = [Text("hello")] }, new ScriptedChatClient { Frames = [Text("HELLO")] });
        using (var client = Client(("cheap", 1, cheap), ("dear", 10, dear)))
        {
            Assert.Equal("hello", (await client.GetResponseAsync("hi", new ChatOptions { Temperature = 0.5f }, Token)).Text);
        }

        Assert.Equal(0.5f, cheap.Options.Single()!.Temperature);
        Assert.Equal(0, dear.Calls);
        Assert.False(cheap.WasDisposed);
    }

    [Fact]
    public async Task A_client_that_fails_is_followed_by_the_next()
    {
        var first = new ScriptedChatClient { Frames = [new HttpRequestException("no", null, HttpStatusCode.Unauthorized)] };
        using var client = Client(("a", 1, first), ("b", 2, new ScriptedChatClient { Frames = [Text("b")] }));

        Assert.Equal("b", (await client.GetResponseAsync("hi", cancellationToken: Token)).Text);
        Assert.Equal("b", (await client.GetResponseAsync("hi", cancellationToken: Token)).Text);
        Assert.Equal(1, first.Calls);
    }

    [Fact]
    public async Task A_stream_that_breaks_before_its_first_content_is_followed_by_the_next_and_its_frames_are_never_seen()
    {
        var first = new ScriptedChatClient { Frames = [Lifecycle(), Lifecycle(), new HttpRequestException("cut", null, HttpStatusCode.NotFound)] };
        using var client = Client(("a", 1, first), ("b", 2, new ScriptedChatClient { Frames = [Lifecycle(), Text("one "), Text("two")] }));

        var updates = await CollectAsync(client);

        Assert.Equal(["", "one ", "two"], updates.Select(update => update.Text));
        Assert.True(first.StreamWasClosed);
    }

    [Fact]
    public async Task A_stream_that_breaks_after_content_ends_with_the_partial_text_and_nobody_takes_over()
    {
        var second = new ScriptedChatClient { Frames = [Text("other")] };
        using var client = Client(("a", 1, new ScriptedChatClient { Frames = [Text("half of "), new IOException("cut")] }), ("b", 2, second));
        var seen = new List<string>();

        var error = await Assert.ThrowsAsync<ChatRoutingException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("hi", cancellationToken: Token))
            {
                seen.Add(update.Text);
            }
        });

        Assert.Equal(["half of "], seen);
        Assert.Equal("half of ", error.PartialText);
        Assert.Equal(FailureClass.Protocol, error.Failure.Class);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(0, second.Calls);
    }

    [Fact]
    public async Task A_client_that_says_nothing_in_time_is_followed_by_the_next()
    {
        var silent = new ScriptedChatClient { Frames = [Lifecycle(), null] };
        using var client = Client(("a", 1, silent), ("b", 2, new ScriptedChatClient { Frames = [Text("b")] }));

        var running = CollectAsync(client);
        await _clock.WaitForTimerAsync(1, Token);
        _clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(["b"], (await running).Select(update => update.Text));
    }

    [Fact]
    public async Task A_bad_request_is_nobody_elses_business()
    {
        var second = new ScriptedChatClient { Frames = [Text("b")] };
        using var client = Client(("a", 1, new ScriptedChatClient { Frames = [new HttpRequestException("bad", null, HttpStatusCode.BadRequest)] }), ("b", 2, second));

        var error = await Assert.ThrowsAsync<ChatRoutingException>(() => client.GetResponseAsync("hi", cancellationToken: Token));

        Assert.Equal("chat_bad_request", error.Code);
        Assert.False(error.IsTransient);
        Assert.Equal(0, second.Calls);
    }

    [Fact]
    public async Task When_all_are_down_the_exception_names_every_attempt_and_the_earliest_time()
    {
        var error429 = new HttpRequestException("slow down", null, HttpStatusCode.TooManyRequests);
        using var client = Client(("a", 1, new ScriptedChatClient { Frames = [error429] }), ("b", 2, new ScriptedChatClient { Frames = [error429] }));

        var error = await Assert.ThrowsAsync<ChatRoutingException>(() => client.GetResponseAsync("hi", cancellationToken: Token));

        Assert.Equal(["a", "b"], error.Attempts.Select(attempt => attempt.Provider));
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromMinutes(1), error.EligibleAt);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task What_the_request_holds_decides_which_capabilities_are_needed()
    {
        var blind = new ChatProvider(Descriptor("a-blind", 1) with { Capabilities = [ChatCapabilities.Tools] }, new ScriptedChatClient { Frames = [Text("blind")] });
        var seeing = new ChatProvider(Descriptor("b-seeing", 9) with { Capabilities = [ChatCapabilities.Vision] }, new ScriptedChatClient { Frames = [Text("seeing")] });
        using var client = new ProviderRoutingChatClient([blind, seeing], timeProvider: _clock);

        var image = new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);
        var tools = new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] };

        Assert.Equal("seeing", (await client.GetResponseAsync([image], cancellationToken: Token)).Text);
        Assert.Equal("blind", (await client.GetResponseAsync("hi", tools, Token)).Text);
    }

    [Fact]
    public async Task A_caller_may_name_the_provider_and_the_client_does_not_see_that()
    {
        var dear = new ScriptedChatClient { Frames = [Text("dear")] };
        using var client = Client(("cheap", 1, new ScriptedChatClient { Frames = [Text("cheap")] }), ("dear", 10, dear));
        var options = new ChatOptions { AdditionalProperties = new() { [ChatRoutingProperties.Provider] = "dear", ["other"] = 1 } };

        Assert.Equal("dear", (await client.GetResponseAsync("hi", options, Token)).Text);
        Assert.Equal(["other"], dear.Options.Single()!.AdditionalProperties!.Keys);
    }

    [Fact]
    public async Task Usage_at_the_models_prices_is_charged_to_the_budgets()
    {
        var client = new ScriptedChatClient { Frames = [Text("x"), Usage(1_000_000, 100_000)] };
        var routing = new ProviderRoutingOptions { Budgets = [new RoutingBudget { Name = "all", MaxUsd = 3m }] };
        using var routed = new ProviderRoutingChatClient([new ChatProvider(Descriptor("a", 1), client)], routing, timeProvider: _clock);

        await CollectAsync(routed);
        await routed.GetResponseAsync("again", cancellationToken: Token);
        var error = await Assert.ThrowsAsync<ChatRoutingException>(() => routed.GetResponseAsync("and again", cancellationToken: Token));

        Assert.Equal(FailureClass.Budget, error.Failure.Class);
        Assert.Equal(2, client.Calls);
    }

    [Fact]
    public async Task A_stream_that_its_reader_leaves_is_closed_and_its_place_is_free()
    {
        var client = new ScriptedChatClient { Frames = [Text("one"), Text("two"), null] };
        using var routed = new ProviderRoutingChatClient([new ChatProvider(Descriptor("a", 1) with { Limits = new() { Concurrent = 1 } }, client)], timeProvider: _clock);

        for (var i = 0; i < 2; i++)
        {
            await foreach (var update in routed.GetStreamingResponseAsync("hi", cancellationToken: Token))
            {
                Assert.Equal("one", update.Text);
                break;
            }
        }

        Assert.True(client.StreamWasClosed);
        Assert.Equal(2, client.Calls);
    }

    [Fact]
    public async Task A_caller_that_gives_up_sees_its_own_cancellation()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var client = Client(("a", 1, new ScriptedChatClient { Frames = [null] }), ("b", 2, new ScriptedChatClient { Frames = [Down] }));

        var running = client.GetResponseAsync("hi", cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task It_is_registered_as_itself_as_a_routing_chat_client_and_as_a_chat_client()
    {
        var services = new ServiceCollection();
        services.AddRoutedChatClient(_ => [new ChatProvider(Descriptor("a", 1), new ScriptedChatClient { Frames = [Text("a")] })]);
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IChatClient>();

        Assert.Same(provider.GetRequiredService<RoutingChatClient>(), client);
        Assert.Equal("a", (await client.GetResponseAsync("hi", cancellationToken: Token)).Text);
        Assert.Equal("a", client.GetService<IProviderRouter>()!.Explain(RouterRig.NewTask(Tasks.AgentTaskType.Generate)).Decision.Provider);
    }

    [Fact]
    public void Wrong_time_limits_are_refused()
    {
        var options = new ChatRoutingOptions { FirstContentTimeout = TimeSpan.Zero, IdleTimeout = TimeSpan.FromDays(2) };

        var error = Assert.Throws<OptionsValidationException>(() => new ProviderRoutingChatClient([], options: options, timeProvider: _clock));

        Assert.Equal(2, error.Failures.Count());
    }

    private static ProviderDescriptor Descriptor(string name, decimal price) => new()
    {
        Name = name,
        Kind = ProviderKind.ChatClient,
        Models = [new ModelDescriptor { Name = name + "-model", ContextWindow = 100_000, Prices = new TokenPrices { InputUsd = price, OutputUsd = price * 5 } }],
    };

    private static async Task<List<ChatResponseUpdate>> CollectAsync(IChatClient client)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync("hi", cancellationToken: Token))
        {
            updates.Add(update);
        }

        return updates;
    }

    private ProviderRoutingChatClient Client(params (string Name, decimal Price, ScriptedChatClient Client)[] providers) =>
        new(
            providers.Select(provider => new ChatProvider(Descriptor(provider.Name, provider.Price), provider.Client)),
            new ProviderRoutingOptions { Seed = 42, Learning = { ExplorationShare = 0, FloorShare = 0 } }, // The cheaper one is always first.
            timeProvider: _clock);
}
