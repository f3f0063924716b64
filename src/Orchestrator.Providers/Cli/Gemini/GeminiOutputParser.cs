using System.Text;
using System.Text.Json;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Gemini;

/// <summary>
/// Understands the JSON lines of <c>gemini --output-format stream-json</c>. Its messages come in pieces without a number: a message ends where a tool begins or the
/// run ends, and the last one is the answer.
/// </summary>
internal sealed class GeminiOutputParser(Func<TokenUsage, decimal?> costOf) : IAgentOutputParser
{
    private readonly ToolCalls _calls = new();
    private readonly StringBuilder _pieces = new();
    private readonly JsonLines _lines = new();
    private CliReport _report = new();
    private bool _hasFailed;

    public TokenUsage Usage => _report.Usage;

    /// <summary>How many lines were not JSON objects of a known kind; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line) => _lines.Read(line, Understand);

    public AgentEvent End(ProcessExit exit, string errorTail)
    {
        _ = TakeMessage(); // A run that was cut off still has last words.
        return OutcomeClassifier.Classify(GeminiExits.Explain(_report, exit.ExitCode), exit, errorTail, GeminiProfile.Title);
    }

    private IEnumerable<AgentEvent>? Understand(JsonElement happened) => happened.Text("type") switch
    {
        "init" => ReadInit(happened),
        "message" => ReadMessage(happened),
        "tool_use" => [.. TakeMessage(), _calls.Begin(happened.Text("tool_id"), happened.Text("tool_name") ?? "", happened.Member("parameters"))],
        "tool_result" => ReadToolResult(happened),
        "error" => ReadError(happened),
        "result" => ReadResult(happened),
        _ => null,
    };

    private AgentStarted[] ReadInit(JsonElement happened)
    {
        _report = _report with { SessionId = BoundedText.CutName(happened.Text("session_id")) };
        return [new AgentStarted { SessionId = _report.SessionId, Model = BoundedText.CutName(happened.Text("model")) }];
    }

    private IEnumerable<AgentEvent> ReadMessage(JsonElement happened)
    {
        if (happened.Text("role") != "assistant" || happened.Text("content") is not { } content)
        {
            return [];
        }

        var earlier = happened.IsTrue("delta") ? [] : TakeMessage();
        _pieces.Append(content.AsSpan(0, Math.Min(content.Length, BoundedText.Message + 1 - Math.Min(_pieces.Length, BoundedText.Message + 1))));
        return earlier;
    }

    private IEnumerable<AgentMessage> TakeMessage()
    {
        var text = BoundedText.Cut(_pieces.ToString(), BoundedText.Message);
        _pieces.Clear();
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        _report = _report with { Summary = text };
        return [new AgentMessage { Text = text }];
    }

    private IEnumerable<AgentToolCall> ReadToolResult(JsonElement happened)
    {
        var refused = happened.Member("error")?.Text("type") is "policy_violation" or "permission_denied" or "path_not_in_workspace";
        _report = _report with { RefusedTools = _report.RefusedTools + (refused ? 1 : 0) };
        return _calls.End(happened.Text("tool_id"), happened.Text("status") == "success");
    }

    // "Loop detected" is a warning; the stream that made no sense is an error, after which the last line says "error" without a reason.
    private AgentProgress[] ReadError(JsonElement happened)
    {
        var message = BoundedText.Cut(happened.Text("message") ?? "", BoundedText.Line);
        if (happened.Text("severity") != "warning")
        {
            _hasFailed = true;
            _report = _report with { Error = message };
        }

        return [new AgentProgress { Message = message }];
    }

    private IEnumerable<AgentEvent> ReadResult(JsonElement happened)
    {
        var error = happened.Member("error");
        var usage = happened.Member("stats") is { } stats ? UsageOf(stats) : _report.Usage;
        var words = TakeMessage();
        _report = _report with
        {
            HasEnded = true,
            HasSucceeded = happened.Text("status") == "success" && !_hasFailed && error is null,
            WasAborted = error?.Text("type") == "FatalCancellationError",
            Class = ClassOf(error?.Text("type")),
            Error = error?.Text("message") is { } message ? BoundedText.Cut(message, BoundedText.Line) : _report.Error,
            Usage = usage,
            CostUsd = costOf(usage),
        };
        return [.. words, new AgentUsageReported { Usage = usage, CostUsd = _report.CostUsd }];
    }

    private static FailureClass? ClassOf(string? errorType) => errorType switch
    {
        "FatalTurnLimitedError" => FailureClass.TurnLimit,
        "FatalAuthenticationError" => FailureClass.Authentication,
        "FatalConfigError" or "FatalInputError" or "FatalUntrustedWorkspaceError" => FailureClass.Configuration,
        _ => null,
    };

    // "output_tokens" is the answer alone; what the model thought is only in the total.
    private static TokenUsage UsageOf(JsonElement stats)
    {
        var (input, output) = (stats.Count("input_tokens"), stats.Count("output_tokens"));
        var thoughts = Math.Max(0, stats.Count("total_tokens") - input - output);
        return new TokenUsage { InputTokens = input, CachedInputTokens = stats.Count("cached"), OutputTokens = output + thoughts, ReasoningTokens = thoughts };
    }
}
