using System.Net;
using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

/// <summary>Against the scripted model server that the real agents are tested with.</summary>
public sealed class CredentialProxyModelsTests : IAsyncLifetime
{
    private readonly ProxyHost _host = new();
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private FakeModels? _models;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync() => _models = await FakeModels.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await (_models?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Theory]
    [InlineData(nameof(ModelProtocol.OpenAi), "/responses", "{\"model\":\"m\",\"stream\":true}", 1234, 200, 0, 56, 7)]
    [InlineData(nameof(ModelProtocol.OpenAi), "/responses", "{\"model\":\"m\"}", 1234, 200, 0, 56, 7)]
    [InlineData(nameof(ModelProtocol.OpenAi), "/chat/completions", "{\"model\":\"m\",\"stream\":true}", 1234, 200, 0, 56, 0)]
    [InlineData(nameof(ModelProtocol.OpenAi), "/chat/completions", "{\"model\":\"m\"}", 1234, 200, 0, 56, 0)]
    [InlineData(nameof(ModelProtocol.Anthropic), "/v1/messages?beta=true", "{\"model\":\"m\",\"stream\":true}", 1444, 200, 10, 56, 0)]
    [InlineData(nameof(ModelProtocol.Anthropic), "/v1/messages", "{\"model\":\"m\"}", 1444, 200, 10, 56, 0)]
    [InlineData(nameof(ModelProtocol.Gemini), "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "{}", 1234, 200, 0, 63, 7)]
    [InlineData(nameof(ModelProtocol.Gemini), "/v1beta/models/gemini-2.5-pro:generateContent", "{}", 1234, 200, 0, 63, 7)]
    public async Task Usage_is_counted_from_every_wire_form(string protocol, string path, string body, int input, int cached, int written, int output, int reasoning)
    {
        await using var proxy = await _host.OpenAsync(new Uri($"http://127.0.0.1:{Models.Port}/s/noedit"), Enum.Parse<ModelProtocol>(protocol));
        using var response = await PostAsync(proxy, path, body);
        var text = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("model_choice", text, StringComparison.Ordinal);
        Assert.Equal(
            new TokenUsage { InputTokens = input, CachedInputTokens = cached, CacheWriteTokens = written, OutputTokens = output, ReasoningTokens = reasoning },
            proxy.Usage.Tokens);
        Assert.Equal(new TokenUsage(), proxy.Usage.EstimatedTokens);
        Assert.Contains(ProxyHost.RealKey, Models.Log(), StringComparison.Ordinal);
        Assert.DoesNotContain(proxy.Key.Reveal(), Models.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_requests_at_a_time_all_get_their_own_answer()
    {
        await using var proxy = await _host.OpenAsync(new Uri($"http://127.0.0.1:{Models.Port}/s/noedit"), costOf: static usage => usage.InputTokens);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            using var response = await PostAsync(proxy, "/chat/completions", $"{{\"model\":\"m{i}\"}}");
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
            Assert.Equal($"m{i}", json.RootElement.GetProperty("model").GetString());
            return response.StatusCode;
        }));

        Assert.All(statuses, static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal((60, 0, 74_040L, 74_040m), (proxy.Usage.Requests, proxy.Usage.Refused, proxy.Usage.Tokens.InputTokens, proxy.Usage.CostUsd));
    }

    [Theory]
    [InlineData("e401", 401)]
    [InlineData("e429", 429)]
    [InlineData("e500", 500)]
    [InlineData("e529", 529)]
    [InlineData("e400ctx", 400)]
    public async Task Errors_pass_and_cost_nothing(string scenario, int status)
    {
        await using var proxy = await _host.OpenAsync(new Uri($"http://127.0.0.1:{Models.Port}/s/{scenario}"));

        using var response = await PostAsync(proxy, "/responses", "{\"stream\":true}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 429 ? "2" : "", string.Concat(response.Headers.NonValidated.Where(static header => header.Key == "Retry-After").Select(static header => header.Value.ToString())));
        Assert.Equal((1, 0, new TokenUsage(), new TokenUsage()), (proxy.Usage.Requests, proxy.Usage.Refused, proxy.Usage.Tokens, proxy.Usage.EstimatedTokens));
    }

    [Fact]
    public async Task A_stream_that_is_cut_is_cut_for_the_agent()
    {
        await using var proxy = await _host.OpenAsync(new Uri($"http://127.0.0.1:{Models.Port}/s/drop"));

        using var response = await PostAsync(proxy, "/responses", "{\"stream\":true}");
        var text = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal(": hi\n\n", text);
        Assert.Null(response.Headers.TransferEncodingChunked);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("stall")]
    public async Task A_silent_server_is_left_to_the_agents_own_clock_and_ends_with_the_run(string scenario)
    {
        var proxy = await _host.OpenAsync(new Uri($"http://127.0.0.1:{Models.Port}/s/{scenario}"));
        var call = ReadAsync(proxy);
        while (proxy.Usage.Requests == 0)
        {
            await Task.Yield();
        }

        Assert.False(call.IsCompleted);
        await proxy.DisposeAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    private async Task<string> ReadAsync(CredentialProxy proxy)
    {
        using var response = await PostAsync(proxy, "/responses", "{\"stream\":true}");
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<HttpResponseMessage> PostAsync(CredentialProxy proxy, string path, string body)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, proxy.BaseUrl + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Add("Authorization", "Bearer " + proxy.Key.Reveal());
        return await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
