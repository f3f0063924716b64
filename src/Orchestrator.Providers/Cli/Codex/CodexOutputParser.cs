using System.Text.Json;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Understands the JSON lines of <c>codex exec --json</c>. What it does not know it passes over.</summary>
internal sealed class CodexOutputParser(Func<TokenUsage, decimal?> costOf, string? model) : IAgentOutputParser
{
    private readonly JsonLines _lines = new();
    private string? _sessionId;
    private string _lastMessage = "";
    private string? _error;
    private bool _completed;
    private bool _failed;

    public TokenUsage Usage { get; private set; } = new();

    /// <summary>How many lines were not JSON objects of a known shape; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line) => _lines.Read(line, Understand);

    public AgentEvent End(ProcessExit exit, string errorTail)
    {
        var report = new CliReport
        {
            HasEnded = _completed || _failed,
            HasSucceeded = _completed && !_failed,
            Error = _completed && !_failed ? null : _error, // Retries that worked in the end are no failure.
            RefusedTools = RefusalsIn(errorTail),
            Summary = _lastMessage,
            Usage = Usage,
            CostUsd = costOf(Usage),
            SessionId = _sessionId,
        };
        return OutcomeClassifier.Classify(report, exit, errorTail, "Codex");
    }

    private IEnumerable<AgentEvent>? Understand(JsonElement happened)
    {
        switch (happened.Text("type"))
        {
            case "thread.started":
                _sessionId = happened.Text("thread_id");
                return [new AgentStarted { SessionId = _sessionId, Model = model }];
            case "turn.started":
                return [];
            case "item.started" or "item.updated" or "item.completed":
                return ReadItem(happened, completed: happened.Text("type") == "item.completed");
            case "turn.completed":
                return ReadCompleted(happened);
            case "turn.failed":
                _failed = true;
                _error = happened.Member("error") is { } error ? error.Text("message") ?? _error : _error;
                return [];
            case "error":
                return ReadError(happened.Text("message") ?? "");
            default:
                return null;
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
        if (happened.Member("usage") is not { } usage)
        {
            return [];
        }

        Usage = new TokenUsage
        {
            InputTokens = usage.Count("input_tokens"),
            CachedInputTokens = usage.Count("cached_input_tokens"),
            CacheWriteTokens = usage.Count("cache_write_input_tokens"),
            OutputTokens = usage.Count("output_tokens"),
            ReasoningTokens = usage.Count("reasoning_output_tokens"),
        };
        return [new AgentUsageReported { Usage = Usage, CostUsd = costOf(Usage) }];
    }

    private IEnumerable<AgentEvent>? ReadItem(JsonElement happened, bool completed)
    {
        if (happened.Member("item") is not { } item)
        {
            return null;
        }

        bool? succeeded = completed ? item.Text("status") is "completed" : null;
        switch (item.Text("type"))
        {
            case "agent_message" when completed:
                var text = item.Text("text") ?? "";
                _lastMessage = BoundedText.Cut(text, BoundedText.Message);
                return [new AgentMessage { Text = text }];
            case "command_execution":
                return [new AgentToolCall { Tool = ToolKind.Shell, Target = item.Text("command") ?? "", Succeeded = succeeded }];
            case "file_change":
                return Paths(item).Select(path => new AgentToolCall { Tool = ToolKind.Edit, Target = path, Succeeded = succeeded });
            case "web_search":
                return [new AgentToolCall { Tool = ToolKind.Search, Target = item.Text("query") ?? "", Succeeded = succeeded }];
            case "mcp_tool_call":
                return [new AgentToolCall { Tool = ToolKind.Other, Target = item.Text("tool") ?? "", Succeeded = succeeded }];
            case "error":
                return [new AgentProgress { Message = item.Text("message") ?? "" }];
            case "agent_message" or "reasoning" or "todo_list" or "plan":
                return [];
            default:
                return null;
        }
    }

    // There is no event for what its sandbox refused.
    private static int RefusalsIn(string errorTail) => errorTail.Split("patch rejected:").Length - 1;

    private static string[] Paths(JsonElement item) => [.. item.Objects("changes").Select(change => change.Text("path") ?? "")];
}
