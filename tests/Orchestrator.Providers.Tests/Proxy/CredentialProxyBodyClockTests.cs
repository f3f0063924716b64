using System.Net;
using System.Net.Sockets;
using Orchestrator.Providers.Proxy.Wire;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

public sealed class CredentialProxyBodyClockTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ProxyHost _host;

    public CredentialProxyBodyClockTests() => _host = new ProxyHost(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Content-Length: 100", "half")]
    [InlineData("Transfer-Encoding: chunked", "4\r\nhalf\r\n")]
    public async Task A_body_that_stops_coming_ends_its_connection_after_two_minutes(string length, string begun)
    {
        var gone = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyUntilAsync(begun, token);
            arrived.SetResult();
            await exchange.WhenGoneAsync(token);
            gone.SetResult();
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync(ProxyHost.Post(proxy, "").Replace("Content-Length: 0", length, StringComparison.Ordinal) + begun, Token);
        await arrived.Task.WaitAsync(Token);
        await _time.WaitForTimerAsync(1, Token);

        _time.Advance(TimeSpan.FromMinutes(2));

        var answer = await client.ReadAnswerAsync(Token);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        await gone.Task.WaitAsync(Token);
        Assert.Equal("", (await client.ReadToEndAsync(Token)).Text);
    }

    [Fact]
    public async Task A_body_that_comes_slowly_is_waited_for()
    {
        var pieces = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyUntilAsync("one", token);
            pieces[0].SetResult();
            await exchange.ReadBodyUntilAsync("two", token);
            pieces[1].SetResult();
            await exchange.ReadBodyUntilAsync("six", token);
            await exchange.AnswerAsync("{}", token);
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync(ProxyHost.Post(proxy, "").Replace("Content-Length: 0", "Content-Length: 9", StringComparison.Ordinal) + "one", Token);
        foreach (var (piece, next) in pieces.Zip(["two", "six"]))
        {
            await piece.Task.WaitAsync(Token);
            await _time.WaitForTimerAsync(1, Token);
            _time.Advance(TimeSpan.FromSeconds(119));
            await client.SendAsync(next, Token);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/responses", "sk-proj-guessed", 401)]
    [InlineData("http://api.openai.com/v1/responses", "{key}", 400)]
    public async Task No_body_is_read_of_whoever_shows_no_key(string target, string key, int status)
    {
        await using var proxy = await _host.OpenAsync(new Uri("http://127.0.0.1:1/v1"));
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(
            $"POST {target} HTTP/1.1\r\nHost: {ProxyHost.Host(proxy)}\r\nAuthorization: Bearer {key.Replace("{key}", proxy.Key.Reveal(), StringComparison.Ordinal)}\r\nContent-Length: 1000000\r\n\r\n", Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal("", (await client.ReadToEndAsync(Token)).Text);
    }

    [Fact]
    public async Task A_body_that_is_read_only_to_be_forgotten_has_the_same_clock()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, Token);
        using var socket = await listener.AcceptAsync(Token);
        var body = new RequestBody(new RequestHead { Method = "POST", Target = "/v1/files", Headers = [], ContentLength = 100 }, new ClientReader(socket, _time));
        var skipping = body.SkipAsync(Token).AsTask();
        await _time.WaitForTimerAsync(1, Token);

        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Refusal.TooSlow, (await Assert.ThrowsAsync<RefusedException>(() => skipping)).Refusal);
    }

    [Fact]
    public async Task A_server_that_goes_away_while_the_client_still_sends_is_told_at_once()
    {
        var gone = new TaskCompletionSource();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyUntilAsync("half", token);
            exchange.Reset();
            gone.SetResult();
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync(ProxyHost.Post(proxy, "").Replace("Content-Length: 0", "Content-Length: 100", StringComparison.Ordinal) + "half", Token);
        await gone.Task.WaitAsync(Token);

        await client.SendAsync("more", Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(new TokenUsage(), proxy.Usage.EstimatedTokens);
        Assert.DoesNotContain(_host.Logger.Entries, static entry => entry.EventId.Id == 1446);
    }
}
