using System.Net;
using System.Text;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy;

[Collection("many sockets")]
public sealed class CredentialProxyStreamingTests
{
    private const string StreamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private readonly ProxyHost _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_passed_on_before_the_next_one_comes()
    {
        var seen = new SemaphoreSlim(0);
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync(StreamHead, token);
            for (var i = 0; i < 5; i++)
            {
                await exchange.SendAsync($"9\r\ndata: {i}\n\n\r\n", token);
                await seen.WaitAsync(token); // Nothing more comes before the client has this one.
            }

            await exchange.SendAsync("0\r\n\r\n", token);
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        for (var i = 0; i < 5; i++)
        {
            await client.ReadUntilAsync($"data: {i}\n\n", Token);
            seen.Release();
        }

        Assert.Equal("\r\n0\r\n\r\n", await client.ReadUntilAsync("0\r\n\r\n", Token));
    }

    [Fact]
    public async Task A_body_is_sent_on_while_it_comes()
    {
        var got = new TaskCompletionSource<string>();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            got.SetResult(await exchange.ReadBodyUntilAsync("first\r\n", token));
            await exchange.AnswerAsync(Convert.ToBase64String(Encoding.Latin1.GetBytes(await exchange.ReadBodyUntilAsync("0\r\n\r\n", token))), token);
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "").Replace("Content-Length: 0", "Transfer-Encoding: chunked", StringComparison.Ordinal) + "5;x=y\r\nfirst\r\n", Token);
        await got.Task.WaitAsync(Token); // The rest was not even sent yet.
        await client.SendAsync("6\r\nsecond\r\n0\r\nX-Trailer: t\r\n\r\n", Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.Equal("5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n", Encoding.Latin1.GetString(Convert.FromBase64String(answer.Split("\r\n\r\n")[1])));
    }

    [Fact]
    public async Task A_client_that_waits_for_permission_gets_it()
    {
        await using var server = RawServer.Start(async (exchange, token) => await exchange.AnswerAsync(await exchange.ReadBodyAsync(token), token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "hello", headers: "Expect: 100-continue\r\n")[..^5], Token);
        await client.ReadUntilAsync("HTTP/1.1 100 Continue\r\n\r\n", Token);
        await client.SendAsync("hello", Token);

        Assert.EndsWith("\r\n\r\nhello", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nbefore\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbefore", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbefore", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nbefore\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbefore", true)]
    public async Task An_answer_that_breaks_off_breaks_off_for_the_client_too(string begun, bool reset)
    {
        var seen = new SemaphoreSlim(0);
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync(begun, token);
            await seen.WaitAsync(token);
            (reset ? (Action)exchange.Reset : exchange.Close)();
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        await client.ReadUntilAsync("before", Token);
        seen.Release();
        var (text, wasReset) = await client.ReadToEndAsync(Token);

        Assert.DoesNotContain("0\r\n", text, StringComparison.Ordinal);
        Assert.Equal(reset, wasReset);
    }

    [Fact]
    public async Task A_server_that_says_nothing_keeps_the_client_waiting_and_the_call_ends_when_the_client_goes()
    {
        var arrived = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            arrived.SetResult();
            await exchange.WhenGoneAsync(token);
            gone.SetResult();
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        await arrived.Task.WaitAsync(Token);
        Assert.False(gone.Task.IsCompleted);
        client.Dispose();

        await gone.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task A_client_that_goes_within_an_answer_ends_the_call()
    {
        var gone = new TaskCompletionSource();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync(StreamHead + "4\r\n: a\n\r\n", token);
            await exchange.WhenGoneAsync(token);
            gone.SetResult();
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        await client.ReadUntilAsync(": a\n", Token);
        client.Dispose();

        await gone.Task.WaitAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused(bool saysSo)
    {
        await using var server = RawServer.Start(async (exchange, token) => await exchange.WhenGoneAsync(token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        var head = ProxyHost.Post(proxy, "");
        if (saysSo)
        {
            await client.SendAsync(head.Replace("Content-Length: 0", $"Content-Length: {RequestBody.MaxLength + 1}", StringComparison.Ordinal) + "begun", Token);
        }
        else
        {
            var chunk = "400000\r\n" + new string('x', 0x400000) + "\r\n";
            await client.SendAsync(head.Replace("Content-Length: 0", "Transfer-Encoding: chunked", StringComparison.Ordinal), Token);
            for (var i = 0; i < 17; i++)
            {
                await client.SendAsync(chunk, Token);
            }
        }

        var answer = await client.ReadAnswerAsync(Token);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("request_too_large", answer, StringComparison.Ordinal);
        Assert.Equal(saysSo ? 0 : 1, server.Requests.Count);
    }

    [Fact]
    public async Task A_thousand_requests_at_a_time_all_get_their_own_answer()
    {
        await using var server = RawServer.Start(async (exchange, token) => await exchange.AnswerAsync("{\"usage\":{\"input_tokens\":1},\"it\":" + await exchange.ReadBodyAsync(token) + "}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };

        var right = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, proxy.BaseUrl + "/responses") { Content = new StringContent($"{i}") };
            message.Headers.Add("Authorization", "Bearer " + proxy.Key.Reveal());
            using var response = await client.SendAsync(message, Token);
            return (await response.Content.ReadAsStringAsync(Token)).EndsWith($":{i}}}", StringComparison.Ordinal);
        }));

        Assert.All(right, Assert.True);
        Assert.Equal((1000, 0, 1000L), (proxy.Usage.Requests, proxy.Usage.Refused, proxy.Usage.Tokens.InputTokens));
    }

    [Fact]
    public async Task When_there_are_as_many_connections_as_may_be_each_ends_with_its_answer()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        var kept = new List<RawClient>();
        for (var i = 0; i < CredentialProxy.MaxConnections + 10; i++)
        {
            var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
            kept.Add(client);
            await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
            Assert.StartsWith("HTTP/1.1 200 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
        }

        Assert.Equal(("", false), await kept[CredentialProxy.MaxConnections - 1].ReadToEndAsync(Token));
        await kept[0].SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        Assert.StartsWith("HTTP/1.1 200 ", await kept[0].ReadAnswerAsync(Token), StringComparison.Ordinal);
        kept.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Large_bodies_and_answers_pass_whole()
    {
        var body = string.Create(5_000_000, 0, static (span, _) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)('a' + (i * 7 % 26));
            }
        });
        await using var server = RawServer.Start(async (exchange, token) => await exchange.AnswerAsync(await exchange.ReadBodyAsync(token), token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = new HttpClient();
        using var message = new HttpRequestMessage(HttpMethod.Post, proxy.BaseUrl + "/responses") { Content = new StringContent(body) };
        message.Headers.Add("Authorization", "Bearer " + proxy.Key.Reveal());

        using var response = await client.SendAsync(message, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(body == await response.Content.ReadAsStringAsync(Token));
    }
}
