using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

public sealed class CredentialProxyWaitTests
{
    private readonly ProxyHost _host = new(new ManualTimeProvider());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("429 Too Many Requests", "Retry-After: 7\r\n", 7)]
    [InlineData("503 Service Unavailable", "Retry-After: 3600\r\n", 3600)]
    [InlineData("429 Too Many Requests", "Retry-After: Thu, 01 Jan 2026 00:01:30 GMT\r\n", 90)]
    [InlineData("429 Too Many Requests", "Retry-After: Wed, 31 Dec 2025 00:00:00 GMT\r\n", null)]
    [InlineData("429 Too Many Requests", "Retry-After: 99999999\r\n", 86400)]
    [InlineData("429 Too Many Requests", "Retry-After: soon\r\n", null)]
    [InlineData("429 Too Many Requests", "Retry-After: -5\r\n", null)]
    [InlineData("429 Too Many Requests", "", null)]
    [InlineData("500 Internal Server Error", "Retry-After: 7\r\n", null)]
    public async Task How_long_the_models_server_asks_to_wait_is_kept(string status, string header, int? seconds)
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync("{}", token, status, header));
        await using var proxy = await _host.OpenAsync(server.Url);

        await AskAsync(proxy, ProxyHost.Post(proxy, "{}"));

        Assert.Equal(seconds, proxy.Usage.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task It_is_that_of_the_last_answer_that_generates()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.Line.StartsWith("GET", StringComparison.Ordinal) ? exchange.AnswerAsync("{}", token)
            : exchange.Header("X-Wait") is { } wait ? exchange.AnswerAsync("{}", token, "429 Too Many Requests", $"Retry-After: {wait}\r\n")
            : exchange.AnswerAsync("{}", token));
        await using var proxy = await _host.OpenAsync(server.Url);

        await AskAsync(proxy, ProxyHost.Post(proxy, "{}", headers: "X-Wait: 5\r\n"));
        await AskAsync(proxy, ProxyHost.Post(proxy, "{}", headers: "X-Wait: 9\r\n"));
        await AskAsync(proxy, ProxyHost.Post(proxy, "", "/v1/models").Replace("POST", "GET", StringComparison.Ordinal));
        var kept = proxy.Usage.RetryAfter;
        await AskAsync(proxy, ProxyHost.Post(proxy, "{}"));

        Assert.Equal((TimeSpan.FromSeconds(9), null), (kept, proxy.Usage.RetryAfter));
    }

    private static async Task AskAsync(CredentialProxy proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync(request, Token);
        await client.ReadAnswerAsync(Token);
    }
}
