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
    public async Task A_model_that_falls_silent_after_an_edit_is_asked_once_more()
    {
        await using var rig = new ChatRig();
        rig.Client.Call("create", ("path", "a.txt"), ("file_text", "x\n")).Answer(_ => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, ""))))
            .Call("create", ("path", "b.txt"), ("file_text", "y\n")).Say("Both are there.");

        Assert.Equal("Both are there.", Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]).Result.Summary);
        Assert.Equal("y\n", rig.Read("b.txt"));
        var asked = rig.Client.Requests[2];
        Assert.Equal((ChatRole.User, ChatRole.Tool), (asked[^1].Role, asked[^2].Role));
        Assert.StartsWith("Your answer was empty.", asked[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, 3)]
    [InlineData(2, 2)]
    public async Task No_words_after_an_edit_are_a_success_without_a_summary_when_nothing_more_comes_or_may_be_asked(int turns, int requests)
    {
        await using var rig = new ChatRig(options => options.MaxTurns = turns);
        rig.Client.Call("create", ("path", "a.txt"), ("file_text", "x\n"));
        rig.Client.Otherwise = static _ => Task.FromResult(new ChatResponse());

        Assert.Equal("", Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]).Result.Summary);
        Assert.Equal(requests, rig.Client.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_keeps_the_conversation_is_sent_the_reminder_alone()
    {
        await using var rig = new ChatRig();
        var edit = rig.Client.Calls("", ("create", [("path", "a.txt"), ("file_text", "x\n")]));
        edit.ConversationId = "c1";
        rig.Client.Answer(_ => Task.FromResult(edit)).Answer(_ => Task.FromResult(new ChatResponse { ConversationId = "c1" })).Say("Done.");

        Assert.Equal("Done.", Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]).Result.Summary);
        Assert.StartsWith("Your answer was empty.", Assert.Single(rig.Client.Requests[2]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_that_throws_hides_nothing()
    {
        await using var rig = new ChatRig(options => options.ExplainFailure = _ => throw new InvalidOperationException("marked words of the host"));
        rig.Client.Throw(new HttpRequestException("x", null, HttpStatusCode.Unauthorized));

        var failure = await rig.FailAsync();

        Assert.Equal((FailureClass.Authentication, "ExplainFailure threw InvalidOperationException and was passed over."), (failure.Class, failure.Detail));
    }

    [Fact]
    public async Task A_secret_at_the_end_of_a_long_complaint_is_not_cut_in_two()
    {
        await using var rig = new ChatRig(options => options.SecretNames = ["CHAT_KEY"], secrets: new() { ["CHAT_KEY"] = ChatRig.Secret });
        rig.Client.Throw(new InvalidOperationException(new string('x', 990) + ChatRig.Secret));

        Assert.DoesNotContain(ChatRig.Secret[..8], (await rig.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_cannot_be_continued()
    {
        await using var rig = new ChatRig();

        var failure = await rig.FailAsync(static execution => execution with { SessionId = "s1" });

        Assert.Equal((FailureClass.Configuration, "chat cannot continue a session."), (failure.Class, failure.Message));
        Assert.Empty(rig.Client.Requests);
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
