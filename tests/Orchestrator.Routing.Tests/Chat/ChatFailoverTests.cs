using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Orchestrator.Providers;
using Orchestrator.Routing.Chat;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Chat.ScriptedChatClient;

namespace Orchestrator.Routing.Tests.Chat;

/// <summary>What clients do wrong outside their answers, and what becomes of their money.</summary>
public sealed class ChatFailoverTests
{
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_throws_before_it_has_a_stream_is_followed_by_the_next()
    {
        var broken = new DelegatedChatClient { Stream = _ => throw new HttpRequestException("down", null, HttpStatusCode.NotFound) };
        using var client = Client([Provider("a", 1, broken), Provider("b", 2, new ScriptedChatClient { Frames = [Text("b")] })]);

        Assert.Equal("b", await ReadAsync(client));
    }

    [Fact]
    public async Task A_client_whose_stream_cannot_be_closed_is_followed_by_the_next()
    {
        var broken = new DelegatedChatClient { Stream = _ => new Unclosable() };
        using var client = Client([Provider("a", 1, broken), Provider("b", 2, new ScriptedChatClient { Frames = [Text("b")] })]);

        Assert.Equal("b", await ReadAsync(client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_does_not_come_in_time_is_charged_as_expected(bool streams)
    {
        using var client = Client([Provider("a", 1, new ScriptedChatClient { Frames = [null] })], Capped(1.5m));

        var running = streams ? ReadAsync(client) : AnswerAsync(client);
        await _clock.WaitForTimerAsync(1, Token);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var late = await Assert.ThrowsAsync<ChatRoutingException>(() => running);
        var broke = await Assert.ThrowsAsync<ChatRoutingException>(() => AnswerAsync(client));

        Assert.Equal(1m, Assert.Single(late.Attempts).CostUsd);
        Assert.Equal(FailureClass.Budget, broke.Failure.Class);
    }

    [Fact]
    public async Task A_refused_request_costs_nothing()
    {
        using var client = Client([Provider("a", 1, new ScriptedChatClient { Frames = [new HttpRequestException("no", null, HttpStatusCode.BadRequest)] })], Capped(1.5m));

        var error = await Assert.ThrowsAsync<ChatRoutingException>(() => AnswerAsync(client));

        Assert.Equal(0, Assert.Single(error.Attempts).CostUsd);
    }

    [Fact]
    public async Task What_a_client_throws_after_nobody_waits_for_it_is_seen_by_the_loop_and_by_nobody_else()
    {
        var unseen = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs error) => error.Exception.Flatten().InnerExceptions.ToList().ForEach(inner => unseen.Enqueue(inner.Message));
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await AbandonAsync();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.DoesNotContain("much too late", unseen);
    }

    [Fact]
    public async Task The_time_that_a_service_asks_for_is_kept_and_told()
    {
        var limited = new HttpRequestException("slow down", null, HttpStatusCode.TooManyRequests) { Data = { [ChatFailures.RetryAfterKey] = "600" } };
        using var client = Client([Provider("a", 1, new ScriptedChatClient { Frames = [limited] })]);

        var error = await Assert.ThrowsAsync<ChatRoutingException>(() => AnswerAsync(client));
        _clock.Advance(TimeSpan.FromMinutes(4));
        var again = await Assert.ThrowsAsync<ChatRoutingException>(() => AnswerAsync(client));

        Assert.Equal(TimeSpan.FromMinutes(10), error.Failure.RetryAfter);
        Assert.Equal(TimeSpan.FromMinutes(10), error.RetryAfter);
        Assert.Equal(TimeSpan.FromMinutes(6), again.RetryAfter);
        Assert.Empty(again.Attempts);
    }

    [Fact]
    public void A_wait_is_read_from_exceptions_in_each_of_its_forms()
    {
        static TimeSpan? Read(object value) => ChatFailures.Classify(new InvalidOperationException("outer", new IOException("inner") { Data = { [ChatFailures.RetryAfterKey] = value } })).RetryAfter;

        Assert.Equal(TimeSpan.FromSeconds(7), Read("7"));
        Assert.Equal(TimeSpan.FromSeconds(7), Read(TimeSpan.FromSeconds(7)));
        Assert.Equal(TimeSpan.FromSeconds(7), Read(new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.FromSeconds(7))));
        Assert.Null(Read("soon"));
        Assert.Null(Read(TimeSpan.FromSeconds(-7)));
    }

    private static ChatProvider Provider(string name, decimal price, IChatClient client) =>
        new(new ProviderDescriptor { Name = name, Kind = ProviderKind.ChatClient, PricePerTaskUsd = price }, client);

    private static ProviderRoutingOptions Capped(decimal usd) => new() { Budgets = [new RoutingBudget { Name = "all", MaxUsd = usd }] };

    private static async Task<string> ReadAsync(IChatClient client)
    {
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync("hi", cancellationToken: Token))
        {
            text += update.Text;
        }

        return text;
    }

    private static async Task<string> AnswerAsync(IChatClient client) => (await client.GetResponseAsync("hi", cancellationToken: Token)).Text;

    // Alone in a method, so that nothing of it is alive afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task AbandonAsync()
    {
        var answer = new TaskCompletionSource<ChatResponse>();
        var deaf = new DelegatedChatClient { Answer = _ => answer.Task };
        using var client = Client([Provider("a", 1, deaf)]);
        var running = client.GetResponseAsync("hi", cancellationToken: Token);
        await _clock.WaitForTimerAsync(1, Token);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<ChatRoutingException>(() => running);
        answer.SetException(new InvalidOperationException("much too late"));
        deaf.Answer = _ => throw new NotSupportedException();
    }

    private ProviderRoutingChatClient Client(IEnumerable<ChatProvider> providers, ProviderRoutingOptions? routing = null) => new(providers, routing, timeProvider: _clock);

    private sealed class Unclosable : IAsyncEnumerable<ChatResponseUpdate>, IAsyncEnumerator<ChatResponseUpdate>
    {
        public ChatResponseUpdate Current => throw new NotSupportedException();

        public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => ValueTask.FromException<bool>(new HttpRequestException("down", null, HttpStatusCode.NotFound));

        public ValueTask DisposeAsync() => ValueTask.FromException(new InvalidOperationException("cannot be closed"));
    }
}
