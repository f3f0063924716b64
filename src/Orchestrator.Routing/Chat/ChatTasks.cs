using Microsoft.Extensions.AI;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Chat;

/// <summary>Makes the router's task of a chat request. No text of the request goes into it.</summary>
internal static class ChatTasks
{
    // A rule of thumb for English and code in current tokenisers; only to compare with context windows and to price.
    private const int CharactersPerToken = 4;

    private const int SimpleLength = 400;
    private const int ModerateLength = 4_000;

    private static readonly LocalSource Here = new() { Path = "." };

    public static AgentTask Create(IEnumerable<ChatMessage> messages, ChatOptions? options, DateTimeOffset now, out long tokens)
    {
        var length = messages.Sum(message => (long)message.Text.Length);
        tokens = (length / CharactersPerToken) + 1;
        if (Property(options, ChatRoutingProperties.Task) is AgentTask given)
        {
            return given;
        }

        return new AgentTask
        {
            Id = Identifiers.Create(now),
            Type = AgentTaskType.Generate,
            Instructions = "chat",
            Source = Here,
            Complexity = length < SimpleLength ? TaskComplexity.Simple : length < ModerateLength ? TaskComplexity.Moderate : TaskComplexity.Complex,
            PreferredModel = options?.ModelId,
            SessionKey = options?.ConversationId,
            Provider = Property(options, ChatRoutingProperties.Provider) as string,
            Requires = [.. Needs(messages, options)],
        };
    }

    /// <summary>What the chosen client gets: its model, and nothing that was meant for the router.</summary>
    public static ChatOptions Options(ChatOptions? options, string? model)
    {
        var own = options?.Clone() ?? new ChatOptions();
        own.ModelId = model;
        own.AdditionalProperties?.Remove(ChatRoutingProperties.Task);
        own.AdditionalProperties?.Remove(ChatRoutingProperties.Provider);
        return own;
    }

    private static object? Property(ChatOptions? options, string key) => options?.AdditionalProperties?.GetValueOrDefault(key);

    private static IEnumerable<string> Needs(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        if (options?.Tools is { Count: > 0 })
        {
            yield return ChatCapabilities.Tools;
        }

        if (options?.ResponseFormat is ChatResponseFormatJson { Schema: not null })
        {
            yield return ChatCapabilities.StructuredOutput;
        }

        if (messages.Any(message => message.Contents.Any(IsImage)))
        {
            yield return ChatCapabilities.Vision;
        }
    }

    private static bool IsImage(AIContent content) =>
        content is DataContent { MediaType: var data } && data.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
        || content is UriContent { MediaType: var uri } && uri.StartsWith("image/", StringComparison.OrdinalIgnoreCase);
}
