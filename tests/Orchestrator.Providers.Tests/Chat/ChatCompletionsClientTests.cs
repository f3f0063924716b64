using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Providers.Chat.Completions;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat;

public sealed class ChatCompletionsClientTests
{
    private const string Reply = """
        {"id": "c1", "model": "m9", "choices": [{"message": {"content": "Hi.", "tool_calls": [
          {"id": "t1", "type": "function", "function": {"name": "view", "arguments": "{\"path\": \"a\"}"}},
          {"id": "t2", "type": "function", "function": {"name": "view", "arguments": "{broken"}}]}, "finish_reason": "tool_calls"}],
         "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "prompt_tokens_details": {"cached_tokens": 3}, "completion_tokens_details": {"reasoning_tokens": 2}}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_read_with_its_calls_and_usage()
    {
        using var peer = new Peer(HttpStatusCode.OK, Reply);

        var response = await peer.Client().GetResponseAsync("hello", cancellationToken: Token);

        Assert.Equal(("Hi.", "m9", ChatFinishReason.ToolCalls), (response.Text, response.ModelId, response.FinishReason!.Value));
        var calls = response.Messages[0].Contents.OfType<FunctionCallContent>().ToList();
        Assert.Equal(("t1", "view", "a"), (calls[0].CallId, calls[0].Name, calls[0].Arguments!["path"]!.ToString()));
        Assert.NotNull(calls[1].Exception);
        var usage = response.Usage!;
        Assert.Equal((10, 5, 15, 3, 2), (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount, usage.CachedInputTokenCount, usage.ReasoningTokenCount));
        Assert.Equal(("http://models.test/v1/chat/completions", "Bearer sk-test-key"), (peer.Address, peer.Authorization));
    }

    [Fact]
    public async Task Messages_options_and_tools_are_written()
    {
        using var peer = new Peer(HttpStatusCode.OK, Reply);
        using var schema = JsonDocument.Parse("""{"type": "object", "properties": {"path": {"type": "string"}}}""");
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Be brief."),
            new(ChatRole.User, "Look."),
            new(ChatRole.Assistant, [new TextContent("I look."), new FunctionCallContent("t1", "view", new Dictionary<string, object?> { ["path"] = "a", ["start"] = 2 })]),
            new(ChatRole.Tool, [new FunctionResultContent("t1", "one"), new FunctionResultContent("t2", new[] { 1, 2 })]),
        ];

        await peer.Client().GetResponseAsync(messages, new ChatOptions
        {
            ModelId = "m2",
            Temperature = 0.5f,
            MaxOutputTokens = 99,
            StopSequences = ["END"],
            ToolMode = ChatToolMode.RequireSpecific("view"),
            ResponseFormat = ChatResponseFormat.Json,
            Tools = [AIFunctionFactory.CreateDeclaration("view", "Shows.", schema.RootElement)],
        }, Token);

        using var body = JsonDocument.Parse(peer.Body);
        var root = body.RootElement;
        Assert.Equal(["system", "user", "assistant", "tool", "tool"], root.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        var call = root.GetProperty("messages")[2].GetProperty("tool_calls")[0];
        Assert.Equal(("t1", """{"path":"a","start":2}"""), (call.GetProperty("id").GetString(), call.GetProperty("function").GetProperty("arguments").GetString()));
        Assert.Equal(("one", "[1,2]"), (root.GetProperty("messages")[3].GetProperty("content").GetString(), root.GetProperty("messages")[4].GetProperty("content").GetString()));
        Assert.Equal(("m2", 99, "END"), (root.GetProperty("model").GetString(), root.GetProperty("max_completion_tokens").GetInt32(), root.GetProperty("stop")[0].GetString()));
        Assert.Equal("view", root.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("view", root.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("json_object", root.GetProperty("response_format").GetProperty("type").GetString());
        Assert.False(root.TryGetProperty("top_p", out _));
    }

    [Fact]
    public async Task Half_a_character_in_an_argument_does_not_stop_the_next_request()
    {
        using var peer = new Peer(HttpStatusCode.OK, Reply);
        using var arguments = JsonDocument.Parse("""{"path": "a\ud83d", "more": {"list": ["\ud83d\ude00", "\ude00b"], "\ud83d": 1, "n": 2}}""");
        var call = new FunctionCallContent("t1", "edit", arguments.RootElement.EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value));

        await peer.Client().GetResponseAsync([new(ChatRole.Assistant, [call]), new(ChatRole.Tool, [new FunctionResultContent("t1", "cut \ud83d")])], cancellationToken: Token);

        using var body = JsonDocument.Parse(peer.Body);
        var sent = JsonDocument.Parse(body.RootElement.GetProperty("messages")[0].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!).RootElement;
        Assert.Equal("a\ufffd", sent.GetProperty("path").GetString());
        Assert.Equal("""{"list":["\uD83D\uDE00","\uFFFDb"],"n":2}""", sent.GetProperty("more").GetRawText());
        Assert.Equal("cut \ufffd", body.RootElement.GetProperty("messages")[1].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_status_words_and_wait_and_without_the_key()
    {
        using var peer = new Peer(HttpStatusCode.TooManyRequests, """{"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}}""", TimeSpan.FromSeconds(7));

        var exception = await Assert.ThrowsAsync<ChatServiceException>(() => peer.Client().GetResponseAsync("hello", cancellationToken: Token));

        Assert.Equal((429, TimeSpan.FromSeconds(7), true), (exception.StatusCode, exception.RetryAfter, exception.IsTransient));
        Assert.Equal("models.test answered with status 429: rate_limit_exceeded: Slow down.", exception.Message);
        Assert.DoesNotContain("sk-test-key", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"choices": []}""")]
    [InlineData("""{"choices": [{"message": 5}]}""")]
    public async Task What_is_no_completion_is_an_exception(string body)
    {
        using var peer = new Peer(HttpStatusCode.OK, body);

        var exception = await Assert.ThrowsAsync<ChatServiceException>(() => peer.Client().GetResponseAsync("hello", cancellationToken: Token));

        Assert.Equal((null, false), (exception.StatusCode, exception.IsTransient));
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        using var peer = new Peer(HttpStatusCode.OK, new string(' ', (16 * 1024 * 1024) + 1));

        Assert.Contains("longer than", (await Assert.ThrowsAsync<ChatServiceException>(() => peer.Client().GetResponseAsync("hello", cancellationToken: Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_are_not_supported_and_an_answer_can_be_had_as_updates()
    {
        using var peer = new Peer(HttpStatusCode.OK, Reply);
        var image = new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);

        await Assert.ThrowsAsync<NotSupportedException>(() => peer.Client().GetResponseAsync([image], cancellationToken: Token));
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in peer.Client().GetStreamingResponseAsync("hello", cancellationToken: Token))
        {
            updates.Add(update);
        }

        Assert.Equal("Hi.", updates.ToChatResponse().Text);
    }

    [Theory]
    [InlineData("ftp://a/v1")]
    [InlineData("http://user:word@a/v1")]
    public void An_address_that_makes_no_sense_is_refused(string address)
    {
        using var http = new HttpClient();

        Assert.Throws<ArgumentException>(() => new ChatCompletionsClient(http, new Uri(address)));
    }

    private sealed class Peer(HttpStatusCode status, string reply, TimeSpan? retryAfter = null) : HttpMessageHandler
    {
        public string Address { get; private set; } = "";

        public string? Authorization { get; private set; }

        public string Body { get; private set; } = "";

        public ChatCompletionsClient Client() => new(new HttpClient(this), new Uri("http://models.test/v1/"), "m1", new SecretValue("sk-test-key"));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Address, Authorization) = (request.RequestUri!.ToString(), request.Headers.Authorization?.ToString());
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            var response = new HttpResponseMessage(status) { Content = new StringContent(reply, Encoding.UTF8, "application/json") };
            response.Headers.RetryAfter = retryAfter is { } wait ? new(wait) : null;
            return response;
        }
    }
}
