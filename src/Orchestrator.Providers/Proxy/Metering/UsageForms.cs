namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>The vendors' counts in our words.</summary>
internal static class UsageForms
{
    private const long MostTokens = 1_000_000_000_000; // More than that is no count of one answer.

    /// <returns>The usage; <see langword="null"/> when none was told.</returns>
    public static TokenUsage? Read(ModelProtocol protocol, IReadOnlyDictionary<string, long> found) => found.Count == 0 ? null : protocol switch
    {
        ModelProtocol.Anthropic => Anthropic(found),
        ModelProtocol.Gemini => Gemini(found),
        _ => OpenAi(found),
    };

    /// <summary>Responses and Chat Completions, which name the same things differently.</summary>
    private static TokenUsage OpenAi(IReadOnlyDictionary<string, long> found) => new()
    {
        InputTokens = Count(found, "input_tokens") + Count(found, "prompt_tokens"),
        CachedInputTokens = Count(found, "input_tokens_details.cached_tokens") + Count(found, "prompt_tokens_details.cached_tokens"),
        OutputTokens = Count(found, "output_tokens") + Count(found, "completion_tokens"),
        ReasoningTokens = Count(found, "output_tokens_details.reasoning_tokens") + Count(found, "completion_tokens_details.reasoning_tokens"),
    };

    /// <summary>Its input does not hold what has to do with the cache.</summary>
    private static TokenUsage Anthropic(IReadOnlyDictionary<string, long> found) => new()
    {
        InputTokens = Count(found, "input_tokens") + Count(found, "cache_read_input_tokens") + Count(found, "cache_creation_input_tokens"),
        CachedInputTokens = Count(found, "cache_read_input_tokens"),
        CacheWriteTokens = Count(found, "cache_creation_input_tokens"),
        OutputTokens = Count(found, "output_tokens"),
    };

    /// <summary>Its output does not hold what was thought.</summary>
    private static TokenUsage Gemini(IReadOnlyDictionary<string, long> found) => new()
    {
        InputTokens = Count(found, "promptTokenCount") + Count(found, "toolUsePromptTokenCount"),
        CachedInputTokens = Count(found, "cachedContentTokenCount"),
        OutputTokens = Count(found, "candidatesTokenCount") + Count(found, "thoughtsTokenCount"),
        ReasoningTokens = Count(found, "thoughtsTokenCount"),
    };

    private static long Count(IReadOnlyDictionary<string, long> found, string name) => found.TryGetValue(name, out var count) ? Math.Clamp(count, 0, MostTokens) : 0;
}
