using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat;

/// <summary>A chat client that answers from a list, and keeps what it was asked.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    private readonly Queue<Func<CancellationToken, Task<ChatResponse>>> _answers = new();
    private int _calls;

    /// <summary>The messages of every request.</summary>
    public List<IReadOnlyList<ChatMessage>> Requests { get; } = [];

    public List<ChatOptions> Options { get; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>What is answered when the list is empty.</summary>
    public Func<CancellationToken, Task<ChatResponse>> Otherwise { get; set; } = _ => Task.FromResult(Words("done"));

    /// <summary>The results of the tools in the last request, in order.</summary>
    public IReadOnlyList<string> LastResults => Results(Requests[^1]);

    public ScriptedChatClient Say(string words) => Answer(_ => Task.FromResult(Words(words)));

    public ScriptedChatClient Throw(Exception exception) => Answer(_ => Task.FromException<ChatResponse>(exception));

    public ScriptedChatClient Call(string tool, params (string Name, object? Value)[] arguments) => Call("", (tool, arguments));

    public ScriptedChatClient Call(string words, params (string Tool, (string Name, object? Value)[] Arguments)[] calls)
    {
        var response = Calls(words, calls);
        return Answer(_ => Task.FromResult(response));
    }

    public ScriptedChatClient Answer(Func<CancellationToken, Task<ChatResponse>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Requests.Add([.. messages]);
        Options.Add(options!);
        return _answers.TryDequeue(out var answer) ? answer(cancellationToken) : Otherwise(cancellationToken);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("The agent asks for whole answers.");

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", null, "script-1") : null;

    public void Dispose() => IsDisposed = true;

    public static IReadOnlyList<string> Results(IReadOnlyList<ChatMessage> messages) =>
        [.. messages[^1].Contents.OfType<FunctionResultContent>().Select(result => (string)result.Result!)];

    public static ChatResponse Words(string words) => new(new ChatMessage(ChatRole.Assistant, words)) { FinishReason = ChatFinishReason.Stop, Usage = Usage() };

    public ChatResponse Calls(string words, params (string Tool, (string Name, object? Value)[] Arguments)[] calls)
    {
        var contents = new List<AIContent>();
        if (words.Length > 0)
        {
            contents.Add(new TextContent(words));
        }

        contents.AddRange(calls.Select(call => new FunctionCallContent($"call-{++_calls}", call.Tool, call.Arguments.ToDictionary(argument => argument.Name, argument => argument.Value))));
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents)) { FinishReason = ChatFinishReason.ToolCalls, Usage = Usage() };
    }

    private static UsageDetails Usage() => new() { InputTokenCount = 100, CachedInputTokenCount = 40, OutputTokenCount = 10, ReasoningTokenCount = 4 };
}
