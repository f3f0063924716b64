using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat;

/// <summary>The tokens and the money of one execution, and their limits.</summary>
internal sealed class ChatSpending(ChatAgentOptions options, string? model, decimal? budgetUsd)
{
    // Under these names the Anthropic package and others tell what was written to the cache.
    private static readonly string[] CacheWriteNames = ["CacheCreationInputTokens", "CacheCreationInputTokenCount", "cache_creation_input_tokens"];

    public TokenUsage Usage { get; private set; } = new();

    /// <summary>What it cost; <see langword="null"/> as long as there is no price for a model that was used.</summary>
    public decimal? CostUsd { get; private set; }

    /// <summary>Whether there is a limit of money but no price to count it by.</summary>
    public bool CannotKeepBudget => (budgetUsd ?? options.MaxCostUsd) is not null && Find(model) is null;

    public void Add(UsageDetails details, string? answeringModel)
    {
        var usage = Read(details);
        Usage = Usage.Plus(usage);
        if ((Find(model) ?? Find(answeringModel)) is { } known)
        {
            CostUsd = (CostUsd ?? 0) + known.Prices.CostOf(usage);
        }
    }

    /// <summary>Says which limit is reached; <see langword="null"/> for none.</summary>
    public string? FindExceeded()
    {
        if (options.MaxTokens is { } tokens && Usage.InputTokens + Usage.OutputTokens >= tokens)
        {
            return $"The execution used {Usage.InputTokens + Usage.OutputTokens} tokens; its limit is {tokens} ({nameof(ChatAgentOptions.MaxTokens)}).";
        }

        var money = budgetUsd is { } budget && options.MaxCostUsd is { } cap ? Math.Min(budget, cap) : budgetUsd ?? options.MaxCostUsd;
        return money is { } limit && CostUsd is { } cost && cost >= limit ? FormattableString.Invariant($"The execution cost {cost:0.####} US dollars; its limit is {limit:0.####}.") : null;
    }

    private static TokenUsage Read(UsageDetails details) => new()
    {
        InputTokens = Count(details.InputTokenCount),
        CachedInputTokens = Count(details.CachedInputTokenCount),
        CacheWriteTokens = CacheWriteNames.Select(name => details.AdditionalCounts?.TryGetValue(name, out var count) == true ? Count(count) : 0).Max(),
        OutputTokens = Count(details.OutputTokenCount),
        ReasoningTokens = Count(details.ReasoningTokenCount),
    };

    // Bounded, so that no service's nonsense can overflow a sum.
    private static long Count(long? count) => Math.Clamp(count ?? 0, 0, 1L << 40);

    private ModelDescriptor? Find(string? name) => name is null ? null : options.Models.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
