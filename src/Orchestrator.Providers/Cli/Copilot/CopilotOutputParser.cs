using System.Text.Json;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Copilot;

/// <summary>
/// Understands the JSON lines of <c>copilot --output-format json</c>. Tokens do not stand in them: Copilot writes them to a file when it ends.
/// </summary>
/// <param name="sessionId">The session, which we name because Copilot tells it in its last line only.</param>
/// <param name="model">The model that was asked for.</param>
/// <param name="usageFile">The file with the tokens.</param>
/// <param name="costOf">What tokens cost.</param>
internal sealed class CopilotOutputParser(string sessionId, string? model, string? usageFile, Func<TokenUsage, decimal?> costOf) : IAgentOutputParser
{
    private readonly ToolCalls _calls = new();
    private readonly JsonLines _lines = new();
    private CliReport _report = new() { SessionId = sessionId };
    private TokenUsage? _usage;
    private bool _hasStarted;
    private bool _isContextTooLong;

    /// <summary>The tokens of the file: nothing while it is not there.</summary>
    public TokenUsage Usage => _usage ??= CopilotUsageFile.Read(usageFile);

    /// <summary>How many lines were not JSON objects of a known kind; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line) =>
        _lines.Read(line, happened => Understand(happened) is not { } events ? null : _hasStarted ? events : Start([.. events]));

    public AgentEvent End(ProcessExit exit, string errorTail) =>
        OutcomeClassifier.Classify(_report with { Usage = Usage, CostUsd = costOf(Usage) }, exit, errorTail, CopilotProfile.Title);

    private IEnumerable<AgentEvent> Start(IReadOnlyList<AgentEvent> events)
    {
        _hasStarted = true;
        return [new AgentStarted { SessionId = sessionId, Model = model }, .. events];
    }

    private IEnumerable<AgentEvent>? Understand(JsonElement happened)
    {
        var data = happened.Member("data") ?? default;
        switch (happened.Text("type"))
        {
            case "assistant.message":
                return ReadMessage(data);
            case "tool.execution_start":
                return [_calls.Begin(data.Text("toolCallId"), data.Text("toolName") ?? "", data.Member("arguments"))];
            case "tool.execution_complete":
                return ReadToolResult(data);
            case "model.call_failure":
                return ReadModelFailure(data);
            case "session.error":
                return ReadError(data);
            case "abort" or "agent.interrupted":
                _report = _report with { WasAborted = true };
                return [];
            case "assistant.idle":
                _report = _report with { WasAborted = _report.WasAborted || data.IsTrue("aborted") };
                return [];
            case "result":
                _report = _report with
                {
                    HasEnded = true,
                    HasSucceeded = happened.Number("exitCode") == 0 && _report.Error is null,
                    SessionId = BoundedText.CutName(happened.Text("sessionId")) ?? sessionId,
                };
                return [];
            case "session.warning" or "session.info" when data.Text("infoType") is not ("file_created" or "file_edited"):
                return data.Text("message") is { } message ? [Progress(message)] : [];
            default:
                return IsNoise(happened.Text("type")) ? [] : null;
        }
    }

    // Pieces of what comes whole later, notices of its own inner life, and the echo of the prompt.
    private static bool IsNoise(string? type) => type is not null
        && (type.StartsWith("session.", StringComparison.Ordinal) || type.StartsWith("user.", StringComparison.Ordinal) || type.StartsWith("hook.", StringComparison.Ordinal)
            || type is "assistant.turn_start" or "assistant.turn_end" or "assistant.turn_retry" or "assistant.message_start" or "assistant.message_delta" or "assistant.tool_call_delta"
                or "assistant.reasoning" or "assistant.reasoning_delta" or "assistant.usage" or "assistant.intent" or "model.call_start" or "model.call_finished" or "model.call_final_result"
                or "tool.execution_partial_result" or "tool.execution_progress" or "tool.shell_output" or "tool.user_requested");

    private IEnumerable<AgentEvent> ReadMessage(JsonElement data)
    {
        if (data.Text("content") is not { } content || string.IsNullOrWhiteSpace(content))
        {
            return [];
        }

        var text = BoundedText.Cut(content, BoundedText.Message);
        _report = _report with { Summary = text };
        return [new AgentMessage { Text = text }];
    }

    private IEnumerable<AgentEvent> ReadToolResult(JsonElement data)
    {
        var succeeded = data.IsTrue("success") && data.Member("shellExecution")?.Number("exitCode") is null or 0;
        if (data.Member("error")?.Text("code") == "denied")
        {
            _report = _report with { RefusedTools = _report.RefusedTools + 1 };
        }

        // A patch names its files only once it is done.
        var call = _calls.End(data.Text("toolCallId"), succeeded);
        string[] paths = [.. data.Objects("fileEdits").Select(edit => edit.Text("path")).OfType<string>().Take(100)];
        return paths.Length == 0 ? call : paths.Select(path => new AgentToolCall { Tool = ToolKind.Edit, Target = BoundedText.Cut(path, BoundedText.Line), Succeeded = succeeded });
    }

    private AgentProgress[] ReadModelFailure(JsonElement data)
    {
        var (status, code) = (data.Number("statusCode"), data.Text("errorCode"));
        _isContextTooLong = code == "context_length_exceeded";
        return [Progress($"The model did not answer ({(status is null ? data.Text("failureKind") ?? "unknown" : $"status {status}")}); attempt {data.Count("retryAttempt") + 1}.")];
    }

    private AgentProgress[] ReadError(JsonElement data)
    {
        var message = BoundedText.Cut(data.Text("message") ?? "Copilot met an error and did not say which.", BoundedText.Line);
        _report = _report with
        {
            Error = message,
            Status = data.Number("statusCode"),
            Class = data.Text("errorType") switch
            {
                "authentication" or "authorization" => FailureClass.Authentication,
                "quota" => FailureClass.Quota,
                "context_limit" => FailureClass.ContextTooLong,
                _ when _isContextTooLong => FailureClass.ContextTooLong,
                _ => null, // The status and the words say it better: a spent quota is a "rate_limit" too.
            },
        };
        return [Progress(message)];
    }

    private static AgentProgress Progress(string message) => new() { Message = BoundedText.Cut(message, BoundedText.Line) };
}
