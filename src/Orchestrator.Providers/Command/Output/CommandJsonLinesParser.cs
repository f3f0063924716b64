using System.Text.Json;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Command.Output;

/// <summary>Understands the JSON lines of a command by its mapping.</summary>
internal sealed class CommandJsonLinesParser(CommandProviderOptions options) : IAgentOutputParser
{
    private const decimal MostTokens = 1_000_000_000_000m;
    private const decimal MostMoney = 1_000_000_000m;

    private readonly MappedLine _mapped = new(options.Mapping);
    private readonly bool _addsUsage = options.Mapping.AddUsage;
    private readonly JsonLines _lines = new();
    private CliReport _report = new();
    private bool _isLastLine;
    private int _told;

    public TokenUsage Usage => _report.Usage;

    public decimal? CostUsd => _report.CostUsd is { } told ? told + options.PricePerTaskUsd : null;

    /// <summary>How many lines were no JSON objects; for tests.</summary>
    public int UnknownLines => _lines.Unknown;

    public IEnumerable<AgentEvent> Read(string line)
    {
        var events = _lines.Read(line, Understand);
        return events.Count == 0 || ++_told <= options.MaxOutputLines ? events : [];
    }

    public AgentEvent End(ProcessExit exit, string errorTail)
    {
        var isSuccessCode = options.SuccessExitCodes.Count > 0 ? options.SuccessExitCodes.Contains(exit.ExitCode) : exit.ExitCode == 0;
        var cost = _report.CostUsd is { } told ? told + options.PricePerTaskUsd : options.PricePerTaskUsd;
        var report = _report with
        {
            HasEnded = !_mapped.HasLastLine || _isLastLine,
            HasSucceeded = isSuccessCode && (_mapped.HasLastLine ? _isLastLine : _report.Error is null),
            CostUsd = cost,
        };
        return OutcomeClassifier.Classify(report, isSuccessCode ? exit with { ExitCode = 0 } : exit, errorTail, $"'{options.Executable}'");
    }

    private IEnumerable<AgentEvent> Understand(JsonElement line)
    {
        _isLastLine = _mapped.IsLastLine(line);
        _report = _report with
        {
            Error = _mapped.Error(line) is { } error ? BoundedText.Cut(error, BoundedText.Line) : _report.Error,
            Status = _mapped.Status(line) ?? _report.Status,
            SessionId = BoundedText.CutName(_mapped.Session(line)) ?? _report.SessionId,
        };
        return [.. ReadMessage(line), .. ReadTool(line), .. ReadUsage(line)];
    }

    private IEnumerable<AgentEvent> ReadMessage(JsonElement line)
    {
        if (_mapped.Message(line) is not { } words || string.IsNullOrWhiteSpace(words))
        {
            return [];
        }

        var text = BoundedText.Cut(words, BoundedText.Message);
        _report = _report with { Summary = text };
        return [new AgentMessage { Text = text }];
    }

    private IEnumerable<AgentEvent> ReadTool(JsonElement line) => _mapped.Tool(line) is { Length: > 0 } tool
        ? [new AgentToolCall { Tool = Tools.KindOf(tool), Target = BoundedText.Cut(_mapped.Target(line) ?? tool, BoundedText.Line) }]
        : [];

    private IEnumerable<AgentEvent> ReadUsage(JsonElement line)
    {
        var (input, cached, output, cost) = _mapped.Usage(line);
        if ((input ?? cached ?? output ?? cost) is null)
        {
            return [];
        }

        var before = _report.Usage;
        _report = _report with
        {
            Usage = before with
            {
                InputTokens = Count(before.InputTokens, input),
                CachedInputTokens = Count(before.CachedInputTokens, cached),
                OutputTokens = Count(before.OutputTokens, output),
            },
            CostUsd = cost is { } told ? Math.Min((_addsUsage ? _report.CostUsd ?? 0 : 0) + Math.Min(told, MostMoney), MostMoney) : _report.CostUsd,
        };
        return [new AgentUsageReported { Usage = _report.Usage, CostUsd = CostUsd }];
    }

    private long Count(long before, decimal? told) =>
        told is { } number ? (long)Math.Min((_addsUsage ? before : 0) + Math.Min(number, MostTokens), MostTokens) : before;
}
