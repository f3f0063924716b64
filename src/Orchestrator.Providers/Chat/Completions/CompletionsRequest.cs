using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Orchestrator.Providers.Cli.Output;

namespace Orchestrator.Providers.Chat.Completions;

/// <summary>Writes messages and options as the body of a request.</summary>
internal static class CompletionsRequest
{
    public static string Write(IEnumerable<ChatMessage> messages, ChatOptions? options, string? model)
    {
        var written = new JsonArray();
        if (!string.IsNullOrEmpty(options?.Instructions))
        {
            written.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = options.Instructions });
        }

        foreach (var message in messages)
        {
            Add(written, message);
        }

        var body = new JsonObject { ["messages"] = written };
        Set(body, "model", options?.ModelId ?? model);
        if (options is not null)
        {
            Add(body, options);
        }

        return body.ToJsonString();
    }

    private static void Add(JsonArray written, ChatMessage message)
    {
        // Each result of a tool is a message of its own.
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            written.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = ResultText(result) });
        }

        if (message.Contents.FirstOrDefault(content => content is DataContent or UriContent) is { } strange)
        {
            throw new NotSupportedException($"A message holds {strange.GetType().Name}; this client sends text and tool calls only.");
        }

        var calls = new JsonArray([.. message.Contents.OfType<FunctionCallContent>().Where(call => !call.InformationalOnly).Select(WriteCall)]);
        if (message.Text.Length == 0 && calls.Count == 0)
        {
            return;
        }

        var item = new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text.Length > 0 ? message.Text : null };
        if (calls.Count > 0)
        {
            item["tool_calls"] = calls;
        }

        Set(item, "name", message.AuthorName);
        written.Add((JsonNode)item);
    }

    private static JsonNode WriteCall(FunctionCallContent call)
    {
        var arguments = new JsonObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
        {
            arguments[name] = Node(value);
        }

        return new JsonObject
        {
            ["id"] = call.CallId,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments.ToJsonString() },
        };
    }

    private static void Add(JsonObject body, ChatOptions options)
    {
        Set(body, "temperature", options.Temperature);
        Set(body, "top_p", options.TopP);
        Set(body, "frequency_penalty", options.FrequencyPenalty);
        Set(body, "presence_penalty", options.PresencePenalty);
        Set(body, "seed", options.Seed);
        Set(body, "max_completion_tokens", options.MaxOutputTokens);
        if (options.StopSequences is { Count: > 0 } stops)
        {
            body["stop"] = new JsonArray([.. stops.Select(stop => JsonValue.Create(stop))]);
        }

        if (Format(options.ResponseFormat) is { } format)
        {
            body["response_format"] = format;
        }

        var tools = new JsonArray([.. (options.Tools ?? []).OfType<AIFunctionDeclaration>().Select(WriteTool)]);
        if (tools.Count > 0)
        {
            body["tools"] = tools;
            body["tool_choice"] = Choice(options.ToolMode);
            Set(body, "parallel_tool_calls", options.AllowMultipleToolCalls);
        }
    }

    private static JsonNode WriteTool(AIFunctionDeclaration tool) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = tool.Name, ["description"] = tool.Description, ["parameters"] = JsonNode.Parse(tool.JsonSchema.GetRawText()) },
    };

    private static JsonNode Choice(ChatToolMode? mode) => mode switch
    {
        NoneChatToolMode => JsonValue.Create("none"),
        RequiredChatToolMode { RequiredFunctionName: { } name } => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name } },
        RequiredChatToolMode => JsonValue.Create("required"),
        _ => JsonValue.Create("auto"),
    };

    private static JsonObject? Format(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } json => new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = json.SchemaName ?? "answer", ["description"] = json.SchemaDescription, ["schema"] = JsonNode.Parse(schema.GetRawText()) },
        },
        ChatResponseFormatJson => new JsonObject { ["type"] = "json_object" },
        _ => null,
    };

    private static string ResultText(FunctionResultContent result) => result switch
    {
        { Exception: { } exception } => $"The tool failed: {exception.GetType().Name}.",
        { Result: string text } => text,
        { Result: null } => "",
        _ => Node(result.Result)?.ToJsonString() ?? "",
    };

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        JsonElement element => Node(element),
        _ => JsonSerializer.SerializeToNode(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };

    /// <summary>A copy whose texts can all be written: what a model cut in the middle of a character is read, but not written, by .NET.</summary>
    private static JsonNode? Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => JsonValue.Create(JsonText.Read(element)),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(Node)]),
        JsonValueKind.Object => new JsonObject(element.EnumerateObject().Where(IsNamed).DistinctBy(static member => member.Name).Select(member => KeyValuePair.Create(member.Name, Node(member.Value)))),
        _ => JsonNode.Parse(element.GetRawText()),
    };

    private static bool IsNamed(JsonProperty member)
    {
        try
        {
            return member.Name is not null;
        }
        catch (InvalidOperationException)
        {
            return false; // Half a character in its name: nothing that a tool knows.
        }
    }

    private static void Set(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }
}
