using System.Text.Json;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.OpenCode;

/// <summary>Understands the JSON lines of <c>opencode run --format json</c>. It has no last line of its own: a run is over when its last step said that it stops.</summary>
/// <param name="model">The model that was asked for.</param>
/// <param name="costOf">What tokens cost, for a model whose price opencode does not know.</param>
/// <param name="pricePerTask">The flat price that comes on top of what opencode tells.</param>
internal sealed class OpenCodeOutputParser(string? model, Func<TokenUsage, decimal?> costOf, decimal pricePerTask = 0) : IAgentOutputParser
{
    private readonly JsonLines _lines = new();
    private CliReport _report = new();
    private decimal _told;
    private bool _hasStarted;

    public TokenUsage Usage => _report.Usage;

    /// <summary>How many lines were not JSON objects of a known kind; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line) => _lines.Read(line, Understand);

    public AgentEvent End(ProcessExit exit, string errorTail) => OutcomeClassifier.Classify(_report with { CostUsd = CostUsd }, exit, errorTail, OpenCodeProfile.Title);

    // It counts with the prices that it knows; for a model that it does not know that is 0.
    public decimal? CostUsd => _told > 0 ? _told + pricePerTask : costOf(_report.Usage);

    private IEnumerable<AgentEvent>? Understand(JsonElement happened)
    {
        var part = happened.Member("part") ?? default;
        IEnumerable<AgentEvent>? events = happened.Text("type") switch
        {
            "step_start" => ReadStepStart(),
            "text" => ReadText(part),
            "tool_use" => ReadTool(part),
            "step_finish" => ReadStepFinish(part),
            "error" => ReadError(happened.Member("error") ?? default),
            "reasoning" => [],
            _ => null,
        };
        if (events is null || _hasStarted)
        {
            return events;
        }

        _hasStarted = true;
        _report = _report with { SessionId = BoundedText.CutName(happened.Text("sessionID")) };
        return [new AgentStarted { SessionId = _report.SessionId, Model = model }, .. events];
    }

    private AgentEvent[] ReadStepStart()
    {
        _report = _report with { HasEnded = false, HasSucceeded = false };
        return [];
    }

    private IEnumerable<AgentEvent> ReadText(JsonElement part)
    {
        if (part.Text("text") is not { } words || string.IsNullOrWhiteSpace(words))
        {
            return [];
        }

        var text = BoundedText.Cut(words, BoundedText.Message);
        _report = _report with { Summary = text };
        return [new AgentMessage { Text = text }];
    }

    // A tool is told once, when it has ended.
    private static AgentToolCall[] ReadTool(JsonElement part)
    {
        var (tool, state) = (part.Text("tool") ?? "", part.Member("state") ?? default);
        var exitCode = state.Member("metadata")?.Number("exit");
        return [new AgentToolCall { Tool = Tools.KindOf(tool), Target = Tools.TargetOf(tool, state.Member("input")), Succeeded = state.Text("status") == "completed" && exitCode is null or 0 }];
    }

    private AgentUsageReported[] ReadStepFinish(JsonElement part)
    {
        var stops = part.Text("reason") == "stop";
        _told += part.Money("cost") ?? 0;
        _report = _report with { HasEnded = stops, HasSucceeded = stops && _report.Error is null, Usage = _report.Usage.Plus(UsageOf(part.Member("tokens") ?? default)) };
        return [new AgentUsageReported { Usage = _report.Usage, CostUsd = CostUsd }];
    }

    private AgentProgress[] ReadError(JsonElement error)
    {
        var data = error.Member("data") ?? default;
        var message = BoundedText.Cut(data.Text("message") ?? error.Text("name") ?? "opencode met an error and did not say which.", BoundedText.Line);
        _report = _report with
        {
            HasSucceeded = false,
            Error = message,
            Status = data.Number("statusCode"),
            WasAborted = _report.WasAborted || error.Text("name") == "MessageAbortedError",
            Class = error.Text("name") switch
            {
                "ContextOverflowError" => FailureClass.ContextTooLong,
                "ProviderAuthError" => FailureClass.Authentication,
                "ProviderModelNotFoundError" => FailureClass.ModelNotFound,
                _ => null,
            },
        };
        return [new AgentProgress { Message = message }];
    }

    private static TokenUsage UsageOf(JsonElement tokens)
    {
        var cache = tokens.Member("cache") ?? default;
        var (fresh, output, reasoning) = (tokens.Count("input"), tokens.Count("output"), tokens.Count("reasoning"));
        var (read, written) = (cache.Count("read"), cache.Count("write"));

        // Some models count what they thought into the output, some beside it: the total tells.
        var isBeside = tokens.Count("total") >= fresh + read + written + output + reasoning;
        return new TokenUsage
        {
            InputTokens = fresh + read + written,
            CachedInputTokens = read,
            CacheWriteTokens = written,
            OutputTokens = output + (isBeside ? reasoning : 0),
            ReasoningTokens = reasoning,
        };
    }
}
