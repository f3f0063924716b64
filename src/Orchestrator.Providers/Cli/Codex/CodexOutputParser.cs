using System.Text.Json;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Understands the JSON lines of <c>codex exec --json</c>. What it does not know it passes over.</summary>
internal sealed class CodexOutputParser(Func<TokenUsage, decimal?> costOf, string? model) : IAgentOutputParser
{
    private string? _sessionId;
    private string _lastMessage = "";
    private string? _error;
    private bool _completed;
    private bool _failed;

    public TokenUsage Usage { get; private set; } = new();

    /// <summary>How many lines were not JSON objects of a known shape; for tests.</summary>
    public int UnknownLines { get; private set; }

    public IEnumerable<AgentEvent> Read(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object ? [.. ReadEvent(document.RootElement)] : Unknown();
        }
        catch (JsonException)
        {
            return Unknown();
        }
    }

    public AgentEvent End(ProcessExit exit, string errorTail)
    {
        if (_completed && !_failed && exit.ExitCode == 0)
        {
            return new AgentCompleted { Result = new AgentResult { Summary = _lastMessage, Usage = Usage, CostUsd = costOf(Usage), SessionId = _sessionId } };
        }

        var failure = CodexFailures.Classify(_error, exit.ExitCode, errorTail);
        return new AgentFailed { Failure = failure with { StatusCode = exit.ExitCode, Detail = errorTail.Length > 0 ? errorTail : null, Usage = Usage, CostUsd = costOf(Usage) } };
    }

    private AgentEvent[] Unknown()
    {
        UnknownLines++;
        return [];
    }

    private IEnumerable<AgentEvent> ReadEvent(JsonElement happened)
    {
        switch (Text(happened, "type"))
        {
            case "thread.started":
                _sessionId = Text(happened, "thread_id");
                return [new AgentStarted { SessionId = _sessionId, Model = model }];
            case "turn.started":
                return [];
            case "item.started" or "item.updated" or "item.completed":
                return ReadItem(happened, completed: Text(happened, "type") == "item.completed");
            case "turn.completed":
                return ReadCompleted(happened);
            case "turn.failed":
                _failed = true;
                _error = Member(happened, "error") is { } error ? Text(error, "message") ?? _error : _error;
                return [];
            case "error":
                return ReadError(Text(happened, "message") ?? "");
            default:
                return Unknown();
        }
    }

    private IEnumerable<AgentEvent> ReadError(string message)
    {
        // The last notice is kept too: when the program is killed between retries it is all there is.
        _error = message;
        return message.StartsWith("Reconnecting...", StringComparison.Ordinal) ? [new AgentProgress { Message = message }] : [];
    }

    private IEnumerable<AgentEvent> ReadCompleted(JsonElement happened)
    {
        _completed = true;
        if (Member(happened, "usage") is not { } usage)
        {
            return [];
        }

        Usage = new TokenUsage
        {
            InputTokens = Number(usage, "input_tokens"),
            CachedInputTokens = Number(usage, "cached_input_tokens"),
            CacheWriteTokens = Number(usage, "cache_write_input_tokens"),
            OutputTokens = Number(usage, "output_tokens"),
            ReasoningTokens = Number(usage, "reasoning_output_tokens"),
        };
        return [new AgentUsageReported { Usage = Usage, CostUsd = costOf(Usage) }];
    }

    private IEnumerable<AgentEvent> ReadItem(JsonElement happened, bool completed)
    {
        if (Member(happened, "item") is not { } item)
        {
            return Unknown();
        }

        bool? succeeded = completed ? Text(item, "status") is "completed" : null;
        switch (Text(item, "type"))
        {
            case "agent_message" when completed:
                _lastMessage = Text(item, "text") ?? "";
                return [new AgentMessage { Text = _lastMessage }];
            case "command_execution":
                return [new AgentToolCall { Tool = ToolKind.Shell, Target = Text(item, "command") ?? "", Succeeded = succeeded }];
            case "file_change":
                return Paths(item).Select(path => new AgentToolCall { Tool = ToolKind.Edit, Target = path, Succeeded = succeeded });
            case "web_search":
                return [new AgentToolCall { Tool = ToolKind.Search, Target = Text(item, "query") ?? "", Succeeded = succeeded }];
            case "mcp_tool_call":
                return [new AgentToolCall { Tool = ToolKind.Other, Target = Text(item, "tool") ?? "", Succeeded = succeeded }];
            case "error":
                return [new AgentProgress { Message = Text(item, "message") ?? "" }];
            case "agent_message" or "reasoning" or "todo_list" or "plan":
                return [];
            default:
                return Unknown();
        }
    }

    private static string[] Paths(JsonElement item) => Member(item, "changes", JsonValueKind.Array) is { } changes
        ? [.. changes.EnumerateArray().Where(change => change.ValueKind == JsonValueKind.Object).Select(change => Text(change, "path") ?? "")]
        : [];

    private static JsonElement? Member(JsonElement parent, string name, JsonValueKind kind = JsonValueKind.Object) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static long Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var number) && number > 0 ? number : 0;
}
