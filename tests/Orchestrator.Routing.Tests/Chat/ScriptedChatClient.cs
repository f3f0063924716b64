using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Orchestrator.Routing.Tests.Chat;

/// <summary>A chat client that plays frames, throws where the script says, or stays silent.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    public List<ChatOptions?> Options { get; } = [];

    public int Calls => Options.Count;

    /// <summary>What a stream yields; an exception is thrown in its place, <see langword="null"/> stays silent until the token ends it.</summary>
    public IReadOnlyList<object?> Frames { get; init; } = [];

    public bool WasDisposed { get; private set; }

    public bool StreamWasClosed { get; private set; }

    public static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    /// <summary>A frame that carries a role and an id, and nothing to see.</summary>
    public static ChatResponseUpdate Lifecycle() => new(ChatRole.Assistant, "") { ResponseId = "r" };

    public static ChatResponseUpdate Usage(long input, long output) =>
        new(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output })]);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Options.Add(options);
        try
        {
            foreach (var frame in Frames)
            {
                if (frame is Exception error)
                {
                    throw error;
                }

                if (frame is null)
                {
                    await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                }

                yield return (ChatResponseUpdate)frame!;
            }
        }
        finally
        {
            StreamWasClosed = true;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => WasDisposed = true;
}
