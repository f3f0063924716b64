using Orchestrator.Secrets;

namespace Orchestrator.Providers.Proxy;

public sealed class CredentialProxyForwardingTests
{
    private readonly ProxyHost _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://api.openai.com/v1", "/v1")]
    [InlineData("https://api.openai.com/v1/", "/v1/")]
    [InlineData("https://api.anthropic.com", "")]
    [InlineData("https://gateway.example/team/a", "/team/a")]
    public async Task The_address_has_the_form_of_the_real_one(string upstream, string path)
    {
        await using var proxy = await _host.OpenAsync(new Uri(upstream));

        Assert.Matches("^http://127\\.0\\.0\\.1:[0-9]+" + path + "$", proxy.BaseUrl);
    }

    [Theory]
    [InlineData("ftp://host/")]
    [InlineData("https://user:password@host/v1")]
    [InlineData("https://host/v1?x=1")]
    [InlineData("https://host//v1")]
    public async Task An_address_that_is_none_of_a_models_server_is_refused(string upstream)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _host.OpenAsync(new Uri(upstream)));
    }

    [Fact]
    public async Task A_key_that_no_header_can_carry_is_refused_without_being_said()
    {
        var thrown = await Assert.ThrowsAsync<ArgumentException>(async () => await _host.OpenAsync(new Uri("https://host/v1"), key: "sk-first\r\nsecond"));

        Assert.DoesNotContain("first", thrown.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new ProxyKeys(ModelProtocol.OpenAi, null!));
        Assert.Equal("sk-padded-key", new ProxyKeys(ModelProtocol.OpenAi, new SecretValue("sk-padded-key\n")).Real.Reveal());
    }

    [Theory]
    [InlineData(nameof(ModelProtocol.OpenAi), "sk-proj-")]
    [InlineData(nameof(ModelProtocol.Anthropic), "sk-ant-")]
    [InlineData(nameof(ModelProtocol.Gemini), "AIza")]
    public async Task Every_run_gets_a_key_of_its_own_in_the_vendors_look(string protocol, string beginning)
    {
        await using var one = await _host.OpenAsync(new Uri("https://host"), Enum.Parse<ModelProtocol>(protocol));
        await using var two = await _host.OpenAsync(new Uri("https://host"), Enum.Parse<ModelProtocol>(protocol));

        Assert.StartsWith(beginning, one.Key.Reveal(), StringComparison.Ordinal);
        Assert.True(one.Key.Reveal().Length >= 39);
        Assert.NotEqual(one.Key.Reveal(), two.Key.Reveal());
    }

    [Fact]
    public async Task The_server_gets_the_real_key_and_what_belongs_to_the_request_and_nothing_else()
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.ReadBodyAsync(token);
            await exchange.AnswerAsync("{\"ok\":1}", token, headers: "Content-Type: application/json\r\nSet-Cookie: a=b\r\nAlt-Svc: h3=\":443\"\r\nX-Request-ID: r1\r\nConnection: X-Private\r\nX-Private: p\r\nRetry-After: 7\r\n");
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        const string Headers = "User-Agent: cli/1\r\nOpenAI-Beta: x\r\nCookie: c=d\r\nConnection: keep-alive, X-Hop\r\nX-Hop: h\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
            + "Proxy-Authorization: Basic eA==\r\nUpgrade: h2c\r\nAccept-Encoding: gzip, br\r\nX-Api-Key: other\r\nX-Forwarded-For: 1.2.3.4\r\n";
        await client.SendAsync(ProxyHost.Post(proxy, "{\"model\":\"m\"}", "/v1/responses?a=1&key=k&b=%20", Headers), Token);
        var answer = await client.ReadAnswerAsync(Token);

        var request = Assert.Single(server.Requests);
        Assert.Equal("POST /v1/responses?a=1&b=%20 HTTP/1.1", request.Line);
        Assert.Equal(
            ["accept-encoding: identity", "authorization: Bearer " + ProxyHost.RealKey, "content-length: 13", "content-type: application/json", $"host: 127.0.0.1:{server.Port}", "openai-beta: x", "user-agent: cli/1"],
            request.Head.Split("\r\n").Skip(1).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant() + line[line.IndexOf(':', StringComparison.Ordinal)..]).Order());
        Assert.Equal("{\"model\":\"m\"}", await request.ReadBodyAsync(Token));
        Assert.Equal(
            ["Connection: keep-alive", "Content-Length: 8", "Content-Type: application/json", "HTTP/1.1 200 OK", "Retry-After: 7", "X-Request-ID: r1"],
            answer.Split("\r\n\r\n")[0].Split("\r\n").Order(StringComparer.Ordinal));
        Assert.EndsWith("{\"ok\":1}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ModelProtocol.OpenAi), "/responses", "Authorization: Bearer {0}", "", "authorization", "Bearer {0}")]
    [InlineData(nameof(ModelProtocol.OpenAi), "/responses", "x-api-key: {0}", "", "authorization", "Bearer {0}")]
    [InlineData(nameof(ModelProtocol.Anthropic), "/v1/messages", "x-api-key: {0}", "", "x-api-key", "{0}")]
    [InlineData(nameof(ModelProtocol.Anthropic), "/v1/messages", "authorization: bearer {0}", "", "authorization", "Bearer {0}")]
    [InlineData(nameof(ModelProtocol.Anthropic), "/v1/messages", "Authorization: Bearer other\r\nx-api-key: {0}", "", "x-api-key", "{0}")]
    [InlineData(nameof(ModelProtocol.Gemini), "/v1beta/models/gemini-2.5-pro:generateContent", "x-goog-api-key: {0}", "", "x-goog-api-key", "{0}")]
    [InlineData(nameof(ModelProtocol.Gemini), "/v1beta/models/gemini-2.5-pro:streamGenerateContent", "X-Ignored: 1", "?alt=sse&key={0}", "x-goog-api-key", "{0}")]
    public async Task The_real_key_goes_where_the_protocol_wants_it(string protocol, string path, string shown, string query, string header, string sent)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Root, Enum.Parse<ModelProtocol>(protocol));
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        var key = proxy.Key.Reveal();
        await client.SendAsync($"POST {path}{query.Replace("{0}", key, StringComparison.Ordinal)} HTTP/1.1\r\nHost: {ProxyHost.Host(proxy)}\r\n{shown.Replace("{0}", key, StringComparison.Ordinal)}\r\n\r\n", Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        var request = Assert.Single(server.Requests);
        Assert.Equal(sent.Replace("{0}", ProxyHost.RealKey, StringComparison.Ordinal), request.Header(header));
        Assert.DoesNotContain(key, request.Head, StringComparison.Ordinal);
        Assert.Equal(1, request.Head.Split(ProxyHost.RealKey).Length - 1);
    }

    [Fact]
    public async Task Many_requests_share_one_connection()
    {
        await using var server = RawServer.Start(async (exchange, token) => await exchange.AnswerAsync(await exchange.ReadBodyAsync(token), token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "one") + ProxyHost.Post(proxy, "two"), Token);
        var first = await client.ReadAnswerAsync(Token);
        var second = await client.ReadAnswerAsync(Token);
        await client.SendAsync(ProxyHost.Post(proxy, "three", headers: "Connection: close\r\n"), Token);
        var (third, wasReset) = await client.ReadToEndAsync(Token);

        Assert.EndsWith("\r\n\r\none", first, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\ntwo", second, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nthree", third, StringComparison.Ordinal);
        Assert.False(wasReset);
        Assert.Equal(3, proxy.Usage.Requests);
    }

    [Fact]
    public async Task Reading_requests_have_no_body_on_the_way()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + (exchange.Line.StartsWith("GET", StringComparison.Ordinal) ? "{\"a\":[1]}" : ""), token));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        foreach (var method in (string[])["HEAD", "GET", "HEAD"])
        {
            await client.SendAsync($"{method} /v1/models HTTP/1.1\r\nHost: {ProxyHost.Host(proxy)}\r\nAuthorization: Bearer {proxy.Key.Reveal()}\r\n\r\n", Token);
            var head = await client.ReadUntilAsync("\r\n\r\n", Token);
            Assert.Contains("Content-Length: 9\r\n", head, StringComparison.Ordinal);
            Assert.Equal("", method == "GET" ? (await client.ReadUntilAsync("{\"a\":[1]}", Token))[9..] : "");
        }

        Assert.Equal(["HEAD", "GET", "HEAD"], server.Requests.Select(request => request.Line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("301 Moved", "Location: https://elsewhere.example/\r\n")]
    [InlineData("307 Temporary Redirect", "Location: /v1/other\r\n")]
    [InlineData("200 OK", "Content-Encoding: gzip\r\n")]
    public async Task A_redirection_or_a_compressed_answer_is_an_error_in_the_vendors_form(string status, string headers)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("xyz", token, status, headers));
        await using var proxy = await _host.OpenAsync(server.Root, ModelProtocol.Anthropic);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}", "/v1/messages"), Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains("{\"type\":\"error\",\"error\":{\"message\":\"The model", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", answer, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_down_is_a_bad_gateway_in_the_vendors_form()
    {
        var port = Testing.FreePorts.Next();
        await using var proxy = await _host.OpenAsync(new Uri($"http://127.0.0.1:{port}"), ModelProtocol.Gemini);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}", "/v1beta/models/m:generateContent"), Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("{\"error\":{\"message\":\"The model\\u0027s server could not be reached (ConnectionError).\",\"code\":502,\"status\":\"UNAVAILABLE\"}}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("x-should-retry", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_vendors_own_errors_pass_as_they_are()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{\"error\":{\"message\":\"slow down\"}}", token, "429 Too Many Requests", "Retry-After: 2\r\n"));
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        var answer = await client.ReadAnswerAsync(Token);

        Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 2\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("slow down\"}}", answer, StringComparison.Ordinal);
        Assert.Equal((1, 0, 0L), (proxy.Usage.Requests, proxy.Usage.Refused, proxy.Usage.EstimatedTokens.OutputTokens));
    }
}
