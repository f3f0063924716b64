using Microsoft.Extensions.AI;

namespace Orchestrator.Routing.Chat;

/// <summary>A stream whose first content has come: what was held back, and the rest.</summary>
/// <param name="Held">The frames up to the first content, that one included.</param>
/// <param name="Rest">The stream behind them.</param>
/// <param name="HasEnded">Whether the stream was over before it had any content.</param>
internal sealed record ChatStream(IReadOnlyList<ChatResponseUpdate> Held, IAsyncEnumerator<ChatResponseUpdate> Rest, bool HasEnded) : IAsyncDisposable
{
    /// <summary>Whether a frame shows something to the caller; roles, ids, usage and empty text do not.</summary>
    public static bool HasContent(ChatResponseUpdate update) =>
        update.Contents.Any(content => content is not UsageContent && content is not TextContent { Text.Length: 0 } && content is not TextReasoningContent { Text.Length: 0 });

    public ValueTask DisposeAsync() => Rest.DisposeAsync();
}
