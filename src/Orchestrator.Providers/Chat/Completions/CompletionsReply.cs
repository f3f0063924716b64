using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Providers.Cli;

namespace Orchestrator.Providers.Chat.Completions;

/// <summary>Reads the body of an answer. Members that are missing or of another type are as if they were not there; without a choice it is no answer.</summary>
internal static class CompletionsReply
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="JsonException">It is no chat completion.</exception>
    public static ChatResponse Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var choice = root.Objects("choices").Select(static item => (JsonElement?)item).FirstOrDefault() ?? throw new JsonException("There is no choice in it.");
        var message = choice.Member("message") ?? throw new JsonException("There is no message in it.");
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. Contents(message)]))
        {
            ResponseId = root.Text("id"),
            ModelId = root.Text("model"),
            FinishReason = Reason(choice.Text("finish_reason")),
            Usage = root.Member("usage") is { } usage ? Usage(usage) : null,
        };
    }

    /// <summary>The service's words about an error; <see langword="null"/> when there are none.</summary>
    public static string? ReadError(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement.Member("error");
            var words = error is { } detail ? string.Join(": ", new[] { detail.Text("code"), detail.Text("message") }.OfType<string>()) : document.RootElement.Text("error") ?? document.RootElement.Text("message");
            return string.IsNullOrWhiteSpace(words) ? null : words;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<AIContent> Contents(JsonElement message)
    {
        if ((message.Text("content") ?? message.Text("refusal")) is { Length: > 0 } text)
        {
            yield return new TextContent(text);
        }

        foreach (var call in message.Objects("tool_calls"))
        {
            if (call.Member("function") is { } function && function.Text("name") is { Length: > 0 } name)
            {
                yield return FunctionCallContent.CreateFromParsedArguments(function.Text("arguments") ?? "", call.Text("id") ?? name, name, Arguments);
            }
        }
    }

    // What it throws is kept with the call, so that the model can be told.
    private static Dictionary<string, object?>? Arguments(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.EnumerateObject().DistinctBy(static member => member.Name).ToDictionary(static member => member.Name, static member => (object?)member.Value.Clone())
            : throw new JsonException("The arguments are not an object.");
    }

    private static ChatFinishReason? Reason(string? reason) => reason switch
    {
        "stop" => ChatFinishReason.Stop,
        "length" => ChatFinishReason.Length,
        "tool_calls" or "function_call" => ChatFinishReason.ToolCalls,
        "content_filter" => ChatFinishReason.ContentFilter,
        { Length: > 0 } other => new ChatFinishReason(other),
        _ => null,
    };

    private static UsageDetails Usage(JsonElement usage) => new()
    {
        InputTokenCount = usage.Count("prompt_tokens"),
        OutputTokenCount = usage.Count("completion_tokens"),
        TotalTokenCount = usage.Count("total_tokens"),
        CachedInputTokenCount = usage.Member("prompt_tokens_details")?.Count("cached_tokens"),
        ReasoningTokenCount = usage.Member("completion_tokens_details")?.Count("reasoning_tokens"),
    };
}
