using System.Text.Json;

namespace Orchestrator.Providers.Cli.Copilot;

/// <summary>The file that Copilot writes its tokens to. It stands where the agent could write too, so nothing about it is believed but its numbers.</summary>
internal static class CopilotUsageFile
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>The tokens of all models; nothing when the file is missing, no regular file, too large or no JSON.</summary>
    public static TokenUsage Read(string? path)
    {
        var usage = new TokenUsage();
        try
        {
            // A pipe, which would be read for ever, has no length.
            if (path is null || new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: > 0 and <= MostBytes })
            {
                return usage;
            }

            using var stream = File.OpenRead(path);
            using var document = JsonDocument.Parse(stream);
            return document.RootElement.Member("modelMetrics") is { } models
                ? models.EnumerateObject().Select(model => model.Value.Member("usage")).OfType<JsonElement>().Aggregate(usage, static (sum, one) => sum.Plus(UsageOf(one)))
                : usage;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return usage;
        }
    }

    private static TokenUsage UsageOf(JsonElement usage) => new()
    {
        InputTokens = usage.Count("inputTokens"),
        CachedInputTokens = usage.Count("cacheReadTokens"),
        CacheWriteTokens = usage.Count("cacheWriteTokens"),
        OutputTokens = usage.Count("outputTokens"),
        ReasoningTokens = usage.Count("reasoningTokens"),
    };
}
