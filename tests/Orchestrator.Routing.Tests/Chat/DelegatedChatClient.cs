using Microsoft.Extensions.AI;

namespace Orchestrator.Routing.Tests.Chat;

/// <summary>A chat client that does what the test says at the moment of the call, before anything is awaited.</summary>
internal sealed class DelegatedChatClient : IChatClient
{
    public Func<CancellationToken, Task<ChatResponse>> Answer { get; set; } = _ => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "answer")));

    public Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Stream { get; init; } = _ => throw new NotSupportedException();

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Answer(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Stream(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
        // Nothing is held.
    }
}
