using System.Text.Json;

namespace Orchestrator.Providers.Command.Output;

/// <summary>A mapping, read once.</summary>
internal sealed class MappedLine(CommandOutputMapping mapping)
{
    private readonly Dictionary<string, JsonRule?> _rules = mapping.Rules().ToDictionary(static setting => setting.Name, static setting => JsonRule.TryParse(setting.Rule), StringComparer.Ordinal);
    private readonly JsonCondition[]? _lastLine = mapping.LastLine is { } conditions ? JsonCondition.TryParseAll(conditions) ?? [] : null;

    public bool HasLastLine => _lastLine is not null;

    public bool IsLastLine(JsonElement line) => _lastLine is { } conditions && Array.TrueForAll(conditions, condition => condition.Holds(line));

    public string? Message(JsonElement line) => Text(nameof(CommandOutputMapping.Message), line);

    public string? Tool(JsonElement line) => Text(nameof(CommandOutputMapping.Tool), line);

    public string? Target(JsonElement line) => Text(nameof(CommandOutputMapping.Target), line);

    public string? Error(JsonElement line) => Text(nameof(CommandOutputMapping.Error), line);

    public string? Session(JsonElement line) => Text(nameof(CommandOutputMapping.Session), line);

    public int? Status(JsonElement line) => Number(nameof(CommandOutputMapping.Status), line) is { } status and >= 100 and < 600 ? (int)status : null;

    public (decimal? Input, decimal? Cached, decimal? Output, decimal? Cost) Usage(JsonElement line) => (
        Number(nameof(CommandOutputMapping.InputTokens), line),
        Number(nameof(CommandOutputMapping.CachedInputTokens), line),
        Number(nameof(CommandOutputMapping.OutputTokens), line),
        Number(nameof(CommandOutputMapping.CostUsd), line));

    private string? Text(string name, JsonElement line) => _rules.GetValueOrDefault(name)?.TextIn(line);

    private decimal? Number(string name, JsonElement line) => _rules.GetValueOrDefault(name)?.NumberIn(line);
}
