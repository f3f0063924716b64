using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Providers.Chat.Completions;

namespace Orchestrator.Providers.Chat;

public sealed class ChatOutcomeTests
{
    public static TheoryData<Exception, FailureClass> Exceptions => new()
    {
        { new HttpRequestException("x", null, HttpStatusCode.Unauthorized), FailureClass.Authentication },
        { new HttpRequestException("x", null, HttpStatusCode.Forbidden), FailureClass.Authentication },
        { new HttpRequestException("x", null, HttpStatusCode.PaymentRequired), FailureClass.Quota },
        { new HttpRequestException("x", null, HttpStatusCode.TooManyRequests), FailureClass.RateLimited },
        { new HttpRequestException("insufficient_quota", null, HttpStatusCode.TooManyRequests), FailureClass.Quota },
        { new HttpRequestException("model not found", null, HttpStatusCode.NotFound), FailureClass.ModelNotFound },
        { new HttpRequestException("prompt is too long", null, HttpStatusCode.BadRequest), FailureClass.ContextTooLong },
        { new HttpRequestException("x", null, HttpStatusCode.BadRequest), FailureClass.BadRequest },
        { new HttpRequestException("x", null, HttpStatusCode.ServiceUnavailable), FailureClass.ProviderError },
        { new HttpRequestException("x", null, (HttpStatusCode)529), FailureClass.ProviderError },
        { new HttpRequestException(HttpRequestError.ConnectionError, "x"), FailureClass.Unavailable },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "x"), FailureClass.Unavailable },
        { new HttpRequestException("x", new SocketException((int)SocketError.ConnectionReset)), FailureClass.Unavailable },
        { new HttpRequestException(HttpRequestError.ResponseEnded, "x"), FailureClass.ProviderError },
        { new IOException("x"), FailureClass.ProviderError },
        { new InvalidOperationException("wrapped", new HttpRequestException("x", null, HttpStatusCode.Unauthorized)), FailureClass.Authentication },
        { new InvalidOperationException("HTTP 429 (rate_limit_exceeded)"), FailureClass.RateLimited },
        { new TaskCanceledException("x", new TimeoutException("y")), FailureClass.IdleTimeout },
        { new JsonException("x"), FailureClass.Protocol },
        { new NotSupportedException("x"), FailureClass.Configuration },
        { new ChatServiceException(503, "x"), FailureClass.ProviderError },
        { new ChatServiceException(null, "x", null, new JsonException("y")), FailureClass.Protocol },
        { new InvalidOperationException("x"), FailureClass.ProviderError },
    };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public async Task An_exception_of_the_client_is_a_failure_of_its_class(Exception exception, FailureClass expected)
    {
        await using var rig = new ChatRig();
        rig.Client.Throw(exception);

        var failure = await rig.FailAsync();

        Assert.Equal(expected, failure.Class);
        Assert.StartsWith("The chat client failed: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_long_to_wait_is_told()
    {
        await using var rig = new ChatRig();
        rig.Client.Throw(new ChatServiceException(429, "slow down", TimeSpan.FromSeconds(17)));

        var failure = await rig.FailAsync();

        Assert.Equal((429, TimeSpan.FromSeconds(17)), (failure.StatusCode, failure.RetryAfter));
    }

    [Fact]
    public async Task The_host_may_explain_the_exceptions_of_its_client()
    {
        await using var rig = new ChatRig(options => options.ExplainFailure = exception =>
            exception is DivideByZeroException ? new AgentFailure { Class = FailureClass.ContentPolicy, Message = "No." } : null);
        rig.Client.Throw(new DivideByZeroException()).Throw(new TimeoutException());

        Assert.Equal(FailureClass.ContentPolicy, (await rig.FailAsync()).Class);
        Assert.Equal(FailureClass.IdleTimeout, (await rig.FailAsync()).Class);
    }

    [Fact]
    public async Task An_answer_refused_for_policy_cut_off_or_empty_is_no_success()
    {
        await using var rig = new ChatRig();
        foreach (var reason in new[] { ChatFinishReason.ContentFilter, ChatFinishReason.Length })
        {
            rig.Client.Answer(_ => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "I")) { FinishReason = reason }));
        }

        rig.Client.Answer(_ => Task.FromResult(new ChatResponse()));

        Assert.Equal(FailureClass.ContentPolicy, (await rig.FailAsync()).Class);
        Assert.Equal(FailureClass.Protocol, (await rig.FailAsync()).Class);
        Assert.Equal(FailureClass.Protocol, (await rig.FailAsync()).Class);
    }

    [Fact]
    public async Task No_words_after_an_edit_are_a_success_without_a_summary()
    {
        await using var rig = new ChatRig();
        rig.Client.Call("create", ("path", "a.txt"), ("file_text", "x\n")).Answer(_ => Task.FromResult(new ChatResponse()));

        Assert.Equal("", Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]).Result.Summary);
    }

    [Fact]
    public async Task Numbers_of_tokens_that_make_no_sense_break_nothing()
    {
        await using var rig = new ChatRig();
        rig.Client.Answer(_ => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "done")) { Usage = new UsageDetails { InputTokenCount = -5, OutputTokenCount = long.MaxValue } }));

        var usage = Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]).Result.Usage;

        Assert.Equal((0, 1L << 40), (usage.InputTokens, usage.OutputTokens));
    }

    [Fact]
    public async Task Arguments_that_are_no_JSON_go_back_to_the_model()
    {
        await using var rig = new ChatRig();
        var broken = FunctionCallContent.CreateFromParsedArguments("{\"path\": ", "c1", "view", json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json));
        rig.Client.Answer(_ => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [broken]))));

        await rig.RunAsync();

        Assert.StartsWith("The arguments of the call are not a valid JSON object.", Assert.Single(rig.Client.LastResults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_tools_are_counted()
    {
        await using var rig = new ChatRig();
        rig.Client.Call("view", ("path", "/etc/passwd")).Call("create", ("path", "../x"), ("file_text", "x")).Say("I may not.");

        Assert.Equal(2, Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]).Result.RefusedTools);
    }
}
