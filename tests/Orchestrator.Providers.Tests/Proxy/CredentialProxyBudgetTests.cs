using Orchestrator.Providers.Proxy.Metering;

namespace Orchestrator.Providers.Proxy;

public sealed class CredentialProxyBudgetTests
{
    private const string Answer = "{\"object\":\"response\",\"usage\":{\"input_tokens\":100,\"output_tokens\":10}}";

    private readonly ProxyHost _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(ModelProtocol.OpenAi), "/responses", "{\"error\":{\"message\":\"The budget of this execution is spent: 0.2 US dollars. Do not try again.\",\"type\":\"billing_error\",\"param\":null,\"code\":\"billing_error\"}}")]
    [InlineData(nameof(ModelProtocol.Anthropic), "/v1/messages", "{\"type\":\"error\",\"error\":{\"message\":\"The budget of this execution is spent: 0.2 US dollars. Do not try again.\",\"type\":\"billing_error\"}}")]
    [InlineData(nameof(ModelProtocol.Gemini), "/v1beta/models/m:generateContent", "{\"error\":{\"message\":\"The budget of this execution is spent: 0.2 US dollars. Do not try again.\",\"code\":402,\"status\":\"RESOURCE_EXHAUSTED\"}}")]
    public async Task A_spent_budget_ends_the_answers_in_the_vendors_form(string protocol, string path, string error)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync(
            "{\"usage\":{\"input_tokens\":100,\"output_tokens\":10},\"usageMetadata\":{\"promptTokenCount\":100,\"candidatesTokenCount\":10}}", token));
        await using var proxy = await _host.OpenAsync(server.Root, Enum.Parse<ModelProtocol>(protocol), budget: 0.2m, costOf: static usage => usage.InputTokens * 0.001m);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync(ProxyHost.Post(proxy, "{}", path), Token);
            answers.Add(await client.ReadAnswerAsync(Token));
        }

        Assert.Equal(["200", "200", "402", "402"], answers.Select(static answer => answer.Split(' ')[1]));
        Assert.EndsWith("\r\n\r\n" + error, answers[3], StringComparison.Ordinal);
        Assert.Contains("x-should-retry: false\r\n", answers[3], StringComparison.Ordinal);
        Assert.Equal((2, 2, true, 0.2m, 200L, 20L), (proxy.Usage.Requests, proxy.Usage.Refused, proxy.Usage.IsBudgetSpent, proxy.Usage.CostUsd, proxy.Usage.Tokens.InputTokens, proxy.Usage.Tokens.OutputTokens));
        Assert.Equal(2, server.Requests.Count);
        Assert.Single(_host.Logger.Entries, static entry => entry.EventId.Id == 1443);
    }

    [Fact]
    public async Task A_budget_without_prices_holds_nothing_and_says_that_the_cost_is_unknown()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync(Answer, token));
        await using var proxy = await _host.OpenAsync(server.Url, budget: 0.000001m);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
            Assert.StartsWith("HTTP/1.1 200 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
        }

        Assert.Equal((3, false, null, 300L), (proxy.Usage.Requests, proxy.Usage.IsBudgetSpent, proxy.Usage.CostUsd, proxy.Usage.Tokens.InputTokens));
    }

    [Fact]
    public async Task A_client_that_hangs_up_before_the_usage_is_told_pays_an_estimate()
    {
        var gone = new TaskCompletionSource();
        var events = string.Concat(Enumerable.Repeat("data: {\"type\":\"response.output_text.delta\",\"delta\":\"xxxxxxxx\"}\n\n", 100));
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + events + "data: [END]\n\n", token);
            await exchange.WhenGoneAsync(token);
            gone.SetResult();
            exchange.Close();
        });
        var proxy = await _host.OpenAsync(server.Url);
        var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, new string('x', 4000)), Token);
        await client.ReadUntilAsync("[END]", Token);
        client.Dispose();
        await gone.Task.WaitAsync(Token);
        await proxy.DisposeAsync();

        Assert.Equal(new TokenUsage(), proxy.Usage.Tokens);
        Assert.Equal((1000L, (events.Length + 13L) / 64), (proxy.Usage.EstimatedTokens.InputTokens, proxy.Usage.EstimatedTokens.OutputTokens));
    }

    [Fact]
    public async Task A_client_that_hangs_up_before_the_answer_begins_pays_for_what_the_model_has_to_read()
    {
        var gone = new TaskCompletionSource();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyAsync(token);
            gone.SetResult();
            await exchange.WhenGoneAsync(token);
        });
        var proxy = await _host.OpenAsync(server.Url, budget: 0.5m, costOf: static usage => usage.InputTokens * 0.001m);
        var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, new string('x', 4000)), Token);
        await gone.Task.WaitAsync(Token);
        client.Dispose();
        await proxy.DisposeAsync();

        Assert.Equal((new TokenUsage(), new TokenUsage { InputTokens = 1000 }, 1m), (proxy.Usage.Tokens, proxy.Usage.EstimatedTokens, proxy.Usage.CostUsd));
    }

    [Fact]
    public async Task A_server_that_ends_the_connection_before_its_answer_begins_has_read_the_request()
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyAsync(token);
            exchange.Close();
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, new string('x', 4000)), Token);

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
        Assert.Equal(new TokenUsage { InputTokens = 1000 }, proxy.Usage.EstimatedTokens);
    }

    [Theory]
    [InlineData("500 Internal Server Error", 0)]
    [InlineData("302 Found", 0)]
    [InlineData("200 OK", 1000)]
    public async Task An_answer_that_is_not_passed_on_counts_when_the_model_gave_it(string status, long tokens)
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyAsync(token);
            await exchange.AnswerAsync("xx", token, status, "Content-Encoding: br\r\n");
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, new string('x', 4000)), Token);
        await client.ReadAnswerAsync(Token);
        await proxy.DisposeAsync();

        Assert.Equal(new TokenUsage { InputTokens = tokens }, proxy.Usage.EstimatedTokens);
    }

    [Fact]
    public async Task A_request_that_never_reached_a_server_costs_nothing()
    {
        await using var proxy = await _host.OpenAsync(new Uri("http://127.0.0.1:1/v1"));
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, new string('x', 4000)), Token);

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
        Assert.Equal(new TokenUsage(), proxy.Usage.EstimatedTokens);
    }

    [Fact]
    public async Task A_client_that_hangs_up_when_it_was_told_the_usage_pays_that()
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: " + new string('x', 10_000)
                + "\ndata: {\"response\":{\"usage\":{\"input_tokens\":7,\"output_tokens\":3}}}\n\n", token);
            await exchange.WhenGoneAsync(token);
            exchange.Close();
        });
        var proxy = await _host.OpenAsync(server.Url);
        var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, new string('x', 4000)), Token);
        await client.ReadUntilAsync("}}}\n\n", Token);
        client.Dispose();
        await proxy.DisposeAsync();

        Assert.Equal((new TokenUsage { InputTokens = 7, OutputTokens = 3 }, new TokenUsage()), (proxy.Usage.Tokens, proxy.Usage.EstimatedTokens));
    }

    [Fact]
    public async Task A_message_that_breaks_off_is_counted_by_what_was_told_of_it_and_by_its_length()
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", token);
            const string Begun = "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n";
            var text = Begun + new string(' ', 640 - Begun.Length);
            await exchange.SendAsync($"280\r\n{text}\r\n", token);
            exchange.Close();
        });
        var proxy = await _host.OpenAsync(server.Root, ModelProtocol.Anthropic);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}", "/v1/messages"), Token);
        await client.ReadToEndAsync(Token);
        await proxy.DisposeAsync();

        Assert.Equal((new TokenUsage { InputTokens = 5, OutputTokens = 1 }, new TokenUsage { OutputTokens = 9 }), (proxy.Usage.Tokens, proxy.Usage.EstimatedTokens));
    }

    [Fact]
    public async Task Requests_at_a_time_cannot_overdraw_the_budget_by_more_than_one_answer()
    {
        var meter = new UsageMeter(1.0m, static usage => usage.OutputTokens);
        var dear = new TokenUsage { OutputTokens = 1 };
        var cheap = new UsageMeter(1.0m, static usage => usage.OutputTokens * 0.2m);

        var first = await Task.WhenAll(Enumerable.Range(0, UsageMeter.FirstAtATime).Select(_ => cheap.TryEnterAsync(Token).AsTask()));
        var fifth = cheap.TryEnterAsync(Token).AsTask();
        Assert.False(fifth.IsCompleted); // No price is known yet.
        cheap.Leave(dear, new TokenUsage());
        Assert.True(await fifth); // 0.2 spent, four under way at 0.2 each.
        var sixth = cheap.TryEnterAsync(Token).AsTask();
        Assert.False(sixth.IsCompleted);
        for (var i = 0; i < 4; i++)
        {
            cheap.Leave(dear, new TokenUsage());
        }

        Assert.All(first, Assert.True);
        Assert.False(await sixth);
        Assert.Equal((5, 1.0m, true), (cheap.Snapshot().Requests, cheap.Snapshot().CostUsd, cheap.Snapshot().IsBudgetSpent));

        Assert.True(await meter.TryEnterAsync(Token));
        meter.Leave(dear, new TokenUsage());
        Assert.False(await meter.TryEnterAsync(Token));
    }

    [Fact]
    public async Task A_request_that_waits_for_room_in_the_budget_can_be_cancelled()
    {
        var meter = new UsageMeter(1.0m, static usage => usage.OutputTokens);
        using var source = new CancellationTokenSource();
        for (var i = 0; i < UsageMeter.FirstAtATime; i++)
        {
            await meter.TryEnterAsync(Token);
        }

        var waiting = meter.TryEnterAsync(source.Token).AsTask();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(UsageMeter.FirstAtATime, meter.Snapshot().Requests);
    }
}
