using System.Text.Json;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Cursor;

/// <summary>
/// Understands the JSON lines of <c>cursor-agent -p --output-format stream-json</c>, as its documentation describes them. On failure it may end without a last line;
/// its words are then on standard error.
/// </summary>
internal sealed class CursorOutputParser(Func<TokenUsage, decimal?> costOf) : IAgentOutputParser
{
    private const string Suffix = "ToolCall";

    private readonly ToolCalls _calls = new();
    private readonly JsonLines _lines = new();
    private CliReport _report = new();

    public TokenUsage Usage => _report.Usage;

    /// <summary>It is known to stay alive after its last line.</summary>
    public bool IsDone => _report.HasEnded;

    /// <summary>How many lines were not JSON objects of a known kind; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line) => _lines.Read(line, Understand);

    public AgentEvent End(ProcessExit exit, string errorTail) => OutcomeClassifier.Classify(_report, exit, errorTail, CursorProfile.Title);

    private IEnumerable<AgentEvent>? Understand(JsonElement happened)
    {
        switch (happened.Text("type"))
        {
            case "system" when happened.Text("subtype") == "init":
                _report = _report with { SessionId = BoundedText.CutName(happened.Text("session_id")) };
                return [new AgentStarted { SessionId = _report.SessionId, Model = BoundedText.CutName(happened.Text("model")) }];
            case "assistant":
                return ReadMessage(happened);
            case "tool_call":
                return ReadToolCall(happened);
            case "result":
                return ReadResult(happened);
            case "system" or "user" or "thinking":
                return [];
            default:
                return null;
        }
    }

    private IEnumerable<AgentMessage> ReadMessage(JsonElement happened)
    {
        var parts = happened.Member("message") is { } message ? message.Objects("content").Select(part => part.Text("text")) : [];
        var text = BoundedText.Cut(string.Concat(parts), BoundedText.Message);
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        _report = _report with { Summary = text };
        return [new AgentMessage { Text = text }];
    }

    // {"tool_call":{"readToolCall":{"args":{"path":"..."},"result":{"success":{}}}}}: the name of the one member is the tool.
    private IEnumerable<AgentEvent> ReadToolCall(JsonElement happened)
    {
        var id = happened.Text("call_id");
        var (tool, call) = happened.Member("tool_call") is { } calls ? NamedCall(calls) : ("", default);
        if (happened.Text("subtype") == "started")
        {
            return [_calls.Begin(id, tool, call.Member("args"))];
        }

        var result = call.Member("result") ?? default;
        var refused = result.Member("rejected") is not null || result.Member("permissionDenied") is not null;
        _report = _report with { RefusedTools = _report.RefusedTools + (refused ? 1 : 0) };
        return _calls.End(id, result.Member("success") is { } success && success.Number("exitCode") is null or 0);
    }

    private static (string Tool, JsonElement Call) NamedCall(JsonElement calls)
    {
        foreach (var member in calls.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object && NameOf(member) is { } name && name.EndsWith(Suffix, StringComparison.Ordinal))
            {
                return (name[..^Suffix.Length], member.Value);
            }
        }

        return calls.Member("function") is { } function ? (function.Text("name") ?? "", function) : ("", default);
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // Half of a surrogate pair.
        }
    }

    private IEnumerable<AgentEvent> ReadResult(JsonElement happened)
    {
        var failed = happened.IsTrue("is_error") || happened.Text("subtype") != "success";
        var words = happened.Text("result");
        var counted = happened.Member("usage");
        var usage = counted is { } told ? UsageOf(told) : _report.Usage;
        _report = _report with
        {
            HasEnded = true,
            HasSucceeded = !failed,
            Error = failed ? BoundedText.Cut(words ?? happened.Text("error") ?? "", BoundedText.Line) : null,
            Summary = failed || string.IsNullOrWhiteSpace(words) ? _report.Summary : BoundedText.Cut(words, BoundedText.Message),
            SessionId = _report.SessionId ?? BoundedText.CutName(happened.Text("session_id")),
            Usage = usage,
            CostUsd = counted is null ? null : costOf(usage),
        };
        return counted is null ? [] : [new AgentUsageReported { Usage = usage, CostUsd = _report.CostUsd }];
    }

    private static TokenUsage UsageOf(JsonElement usage)
    {
        var (read, written) = (usage.Count("cacheReadTokens"), usage.Count("cacheWriteTokens"));
        return new TokenUsage { InputTokens = usage.Count("inputTokens") + read + written, CachedInputTokens = read, CacheWriteTokens = written, OutputTokens = usage.Count("outputTokens") };
    }
}
