namespace Orchestrator.Providers.Proxy;

public sealed class CredentialProxyAccessTests
{
    private readonly ProxyHost _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Authorization: Bearer sk-proj-guessed")]
    [InlineData("Authorization: Bearer ")]
    [InlineData("Authorization: Basic {key}")]
    [InlineData("Authorization: {key}")]
    [InlineData("Authorization: Bearer {key}x")]
    [InlineData("Authorization: Bearer {real}")]
    [InlineData("x-api-key: \u00e9{key}")]
    [InlineData("api-key: {key}")]
    [InlineData("X-Other: 1")]
    public async Task Only_the_runs_own_key_opens_it(string shown)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        var header = shown.Replace("{key}", proxy.Key.Reveal(), StringComparison.Ordinal).Replace("{real}", ProxyHost.RealKey, StringComparison.Ordinal);
        await client.SendAsync($"POST /v1/responses HTTP/1.1\r\nHost: {ProxyHost.Host(proxy)}\r\n{header}\r\nContent-Length: 2\r\n\r\n{{}}", Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("x-should-retry: false\r\n", answer, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        Assert.Equal((0, 1), (proxy.Usage.Requests, proxy.Usage.Refused));
    }

    [Fact]
    public async Task The_key_of_one_run_does_not_open_the_proxy_of_another()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var one = await _host.OpenAsync(server.Url);
        await using var other = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(other.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(one, "{}").Replace(ProxyHost.Host(one), ProxyHost.Host(other), StringComparison.Ordinal), Token);

        Assert.StartsWith("HTTP/1.1 401 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("POST", "/v1/files", 404)]
    [InlineData("POST", "/v1/responses/", 404)]
    [InlineData("POST", "/v1/../v1/responses", 404)]
    [InlineData("POST", "/v1/models/../responses", 404)]
    [InlineData("GET", "/v1/models/..", 404)]
    [InlineData("POST", "/v1//responses", 404)]
    [InlineData("POST", "/v1/%72esponses", 404)]
    [InlineData("POST", "/V1/responses", 404)]
    [InlineData("POST", "/responses", 404)]
    [InlineData("POST", "/", 404)]
    [InlineData("GET", "/v1/responses", 405)]
    [InlineData("DELETE", "/v1/models/m", 405)]
    [InlineData("PUT", "/v1/responses", 405)]
    [InlineData("OPTIONS", "/v1/responses", 405)]
    [InlineData("POST", "//api.openai.com/v1/responses", 404)]
    public async Task Only_the_models_endpoints_can_be_reached(string method, string target, int status)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}", target).Replace("POST ", method + " ", StringComparison.Ordinal) + ProxyHost.Post(proxy, "{}"), Token);
        var refused = await client.ReadAnswerAsync(Token);
        var next = await client.ReadAnswerAsync(Token);

        Assert.StartsWith($"HTTP/1.1 {status} ", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", next, StringComparison.Ordinal);
        Assert.Equal("POST /v1/responses HTTP/1.1", Assert.Single(server.Requests).Line);
    }

    [Theory]
    [InlineData("POST", "/v1/responses#fragment")]
    [InlineData("OPTIONS", "*")]
    [InlineData("POST", "http://api.openai.com/v1/responses")]
    [InlineData("CONNECT", "api.openai.com:443")]
    [InlineData("POST", "/v1\\responses")]
    public async Task What_is_no_path_ends_the_connection(string method, string target)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}", target).Replace("POST ", method + " ", StringComparison.Ordinal) + ProxyHost.Post(proxy, "{}"), Token);
        var (text, _) = await ReadAndCloseAsync(client);

        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Single(text.Split("HTTP/1.1 ")[1..]);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("Host: evil.example")]
    [InlineData("Host: 127.0.0.1")]
    [InlineData("Host: 127.0.0.1:1")]
    public async Task Another_name_for_it_is_refused(string host)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}").Replace("Host: " + ProxyHost.Host(proxy), host, StringComparison.Ordinal), Token);

        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("Content-Length: 2\r\nContent-Length: 2")]
    [InlineData("Content-Length: 2\r\nContent-Length: 30")]
    [InlineData("Content-Length: 2, 2")]
    [InlineData("Content-Length: +2")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0x2")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 2\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Transfer-Encoding\r\n: chunked")]
    [InlineData("Host: other")]
    [InlineData("X-Folded: a\r\n b")]
    [InlineData("X-Bare: a\nContent-Length: 2")]
    [InlineData("X-Bare: a\rContent-Length: 2")]
    [InlineData("X-Nul: a\0b")]
    [InlineData("X-Control: a\u0001b")]
    [InlineData("X(Name): a")]
    [InlineData(": a")]
    [InlineData("NoColon")]
    public async Task A_request_that_two_readers_could_understand_differently_is_refused_and_ends_the_connection(string headers)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        var smuggled = $"POST /v1/responses HTTP/1.1\r\nHost: {ProxyHost.Host(proxy)}\r\nAuthorization: Bearer {proxy.Key.Reveal()}\r\n{headers}\r\n\r\n{{}}" + ProxyHost.Post(proxy, "smuggled");
        await client.SendAsync(smuggled, Token);
        var (text, wasReset) = await ReadAndCloseAsync(client);

        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Single(text.Split("HTTP/1.1 ")[1..]);
        Assert.False(wasReset);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400)]
    [InlineData("GET /v1/models HTTP/1.0\r\n\r\n", 400)]
    [InlineData("GET  /v1/models HTTP/1.1\r\nHost: h\r\n\r\n", 400)]
    [InlineData("GET /v1/models HTTP/1.1\r\n\r\n", 400)]
    [InlineData("\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\0\r\n\r\n", 400)]
    [InlineData("{long}\r\n\r\n", 431)]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: h\r\n{many}\r\n", 400)]
    public async Task What_is_no_proper_request_is_refused(string text, int status)
    {
        await using var proxy = await _host.OpenAsync(new Uri("http://127.0.0.1:1/v1"));
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        var many = string.Concat(Enumerable.Range(0, 200).Select(static i => $"X-{i}: 1\r\n"));
        await client.SendAsync(text.Replace("{long}", new string('x', 40_000), StringComparison.Ordinal).Replace("{many}", many, StringComparison.Ordinal), Token);
        var (answer, _) = await ReadAndCloseAsync(client);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("0x2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2 \r\n{}\r\n0\r\n\r\n")]
    [InlineData("\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}x\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}0\r\n\r\n")]
    [InlineData("fffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("0000000002\r\n{}\r\n0\r\n\r\n")]
    public async Task A_body_in_malformed_chunks_never_becomes_a_whole_request(string body)
    {
        var whole = 0;
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyUntilAsync("0\r\n\r\n", token); // Ends only when the call is broken off.
            whole++;
        });
        var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "").Replace("Content-Length: 0", "Transfer-Encoding: chunked", StringComparison.Ordinal) + body, Token);
        var (answer, _) = await ReadAndCloseAsync(client);
        await proxy.DisposeAsync();
        await server.DisposeAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, whole);
    }

    private static async Task<(string Text, bool WasReset)> ReadAndCloseAsync(RawClient client)
    {
        var head = await client.ReadAnswerAsync(Token);
        Assert.Contains("Connection: close\r\n", head, StringComparison.Ordinal);
        var (rest, wasReset) = await client.ReadToEndAsync(Token);
        return (head + rest, wasReset);
    }
}
