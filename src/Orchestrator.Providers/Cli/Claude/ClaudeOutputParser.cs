using System.Text.Json;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Claude;

/// <summary>Understands the JSON lines of <c>claude -p --output-format stream-json --verbose</c>. What it does not know it passes over.</summary>
/// <param name="costOf">What tokens cost, for a run that ends before Claude tells.</param>
/// <param name="pricePerTask">The flat price that comes on top of what Claude tells.</param>
internal sealed class ClaudeOutputParser(Func<TokenUsage, decimal?> costOf, decimal pricePerTask) : IAgentOutputParser
{
    private readonly ToolCalls _calls = new();
    private readonly JsonLines _lines = new();
    private CliReport _report = new();
    private TokenUsage _earlierMessages = new();
    private TokenUsage _currentMessage = new();
    private string? _currentMessageId;
    private int? _lastStatus;
    private bool _hasStarted;

    public TokenUsage Usage => _report.HasEnded ? _report.Usage : _earlierMessages.Plus(_currentMessage);

    /// <summary>How many lines were not JSON objects of a known shape; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line) => _lines.Read(line, Understand);

    public AgentEvent End(ProcessExit exit, string errorTail) => OutcomeClassifier.Classify(
        _report.HasEnded ? _report : _report with { Usage = Usage, CostUsd = costOf(Usage), Status = _lastStatus }, exit, errorTail, "Claude Code");

    private IEnumerable<AgentEvent>? Understand(JsonElement happened) => happened.Text("type") switch
    {
        "system" => ReadSystem(happened),
        "assistant" => ReadAssistant(happened),
        "user" => ReadToolResults(happened),
        "result" => ReadResult(happened),
        "stream_event" or "rate_limit_event" or "tool_progress" or "keep_alive" => [],
        _ => null,
    };

    private AgentEvent[]? ReadSystem(JsonElement happened)
    {
        switch (happened.Text("subtype"))
        {
            case "init" when !_hasStarted:
                _hasStarted = true;
                _report = _report with { SessionId = happened.Text("session_id") };
                return [new AgentStarted { SessionId = _report.SessionId, Model = happened.Text("model") }];
            case "api_retry":
                _lastStatus = happened.Number("error_status");
                return [new AgentProgress { Message = $"The model did not answer ({(_lastStatus is { } status ? $"status {status}" : happened.Text("error") ?? "unknown")}); retry {happened.Count("attempt")} of {happened.Count("max_retries")}." }];
            case "permission_denied":
                _report = _report with { RefusedTools = _report.RefusedTools + 1 };
                return [];
            case { Length: > 0 }:
                return [];
            default:
                return null;
        }
    }

    private IEnumerable<AgentEvent> ReadAssistant(JsonElement happened)
    {
        if (happened.Member("message") is not { } message)
        {
            yield break;
        }

        if (CountUsage(message))
        {
            yield return new AgentUsageReported { Usage = Usage, CostUsd = costOf(Usage) };
        }

        _lastStatus = message.Text("model") == "<synthetic>" ? _lastStatus : null; // The model answers again: what went wrong before is over.
        var ofSubagent = happened.Text("parent_tool_use_id") is not null;
        foreach (var block in message.Objects("content"))
        {
            switch (block.Text("type"))
            {
                case "text" when message.Text("model") == "<synthetic>":
                    yield return new AgentProgress { Message = block.Text("text") ?? "" };
                    break;
                case "text":
                    var text = block.Text("text") ?? "";
                    _report = ofSubagent ? _report : _report with { Summary = BoundedText.Cut(text, BoundedText.Message) };
                    yield return new AgentMessage { Text = text };
                    break;
                case "tool_use":
                    yield return _calls.Begin(block.Text("id"), ClaudeTools.Describe(block.Text("name") ?? "", block.Member("input") ?? default));
                    break;
            }
        }
    }

    private IEnumerable<AgentEvent> ReadToolResults(JsonElement happened) => (happened.Member("message")?.Objects("content") ?? [])
        .Where(static block => block.Text("type") == "tool_result")
        .SelectMany(block => _calls.End(block.Text("tool_use_id"), succeeded: !block.IsTrue("is_error")));

    private AgentUsageReported[] ReadResult(JsonElement happened)
    {
        var reason = happened.Text("terminal_reason");
        var usage = happened.Member("usage") is { } counted ? UsageOf(counted) : Usage;
        var isError = happened.IsTrue("is_error") || happened.Text("subtype") != "success";
        var told = happened.Money("total_cost_usd");
        _report = _report with
        {
            HasEnded = true,
            HasSucceeded = !isError && reason is null or "completed",
            WasAborted = reason is not null && reason.StartsWith("aborted", StringComparison.Ordinal),
            Class = ClassOf(reason, happened.Text("subtype")),
            Error = isError ? happened.Text("result") ?? FirstError(happened) : null,
            Status = happened.Number("api_error_status"),
            RefusedTools = Math.Max(_report.RefusedTools, happened.Objects("permission_denials").Count()),
            Summary = !isError && happened.Text("result") is { } result ? BoundedText.Cut(result, BoundedText.Message) : _report.Summary,
            Usage = usage,
            CostUsd = told is { } cost ? cost + pricePerTask : costOf(usage),
            SessionId = happened.Text("session_id") ?? _report.SessionId,
        };
        return [new AgentUsageReported { Usage = usage, CostUsd = _report.CostUsd }];
    }

    /// <summary>There is an event for each block of a message, each with the message's usage. Says whether this one told something new.</summary>
    private bool CountUsage(JsonElement message)
    {
        var before = Usage;
        if (message.Text("id") != _currentMessageId)
        {
            _earlierMessages = _earlierMessages.Plus(_currentMessage);
            _currentMessageId = message.Text("id");
            _currentMessage = new TokenUsage();
        }

        _currentMessage = message.Member("usage") is { } usage ? UsageOf(usage) : _currentMessage;
        return Usage != before;
    }

    private static TokenUsage UsageOf(JsonElement usage)
    {
        var (read, written) = (usage.Count("cache_read_input_tokens"), usage.Count("cache_creation_input_tokens"));
        return new TokenUsage
        {
            InputTokens = usage.Count("input_tokens") + read + written, // Its own count leaves the cache out.
            CachedInputTokens = read,
            CacheWriteTokens = written,
            OutputTokens = usage.Count("output_tokens"),
            ReasoningTokens = usage.Member("output_tokens_details")?.Count("thinking_tokens") ?? 0,
        };
    }

    private static FailureClass? ClassOf(string? reason, string? subtype) => (reason, subtype) switch
    {
        ("max_turns", _) or (_, "error_max_turns") => FailureClass.TurnLimit,
        ("budget_exhausted", _) or (_, "error_max_budget_usd") => FailureClass.Budget,
        ("prompt_too_long", _) => FailureClass.ContextTooLong,
        _ => null,
    };

    private static string? FirstError(JsonElement happened) =>
        happened.Member("errors", JsonValueKind.Array) is { } errors && errors.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first ? JsonText.Read(first) : null;
}
