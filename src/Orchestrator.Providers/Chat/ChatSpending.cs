using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat;

/// <summary>The tokens and the money of one execution, and their limits.</summary>
internal sealed class ChatSpending(ChatAgentOptions options, string? model, decimal? budgetUsd)
{
    // Under these names the Anthropic package and others tell what was written to the cache.
    private static readonly string[] CacheWriteNames = ["CacheCreationInputTokens", "CacheCreationInputTokenCount", "cache_creation_input_tokens"];

    private decimal? _tokensUsd;
    private decimal _placesUsd;
    private bool _isAnswered;

    public TokenUsage Usage { get; private set; } = new();

    /// <summary>What it cost, the task's flat price included once there was an answer, and the places of its commands; <see langword="null"/> as long as there is no price, as those alone would be too little.</summary>
    public decimal? CostUsd => _placesUsd + (_isAnswered && options.PricePerTaskUsd > 0 ? options.PricePerTaskUsd + (_tokensUsd ?? 0) : _tokensUsd);

    /// <summary>Whether there is a limit of money but no price to count it by.</summary>
    public bool CannotKeepBudget => (budgetUsd ?? options.MaxCostUsd) is not null && Find(model) is null;

    /// <summary>Counts an answer of the model.</summary>
    /// <param name="details">What it used; <see langword="null"/> when that was not told.</param>
    /// <param name="answeringModel">The model that answered, as it was told.</param>
    public void Add(UsageDetails? details, string? answeringModel)
    {
        _isAnswered = true;
        if (details is null)
        {
            return;
        }

        var usage = Read(details);
        Usage = Usage.Plus(usage);
        if ((Find(model) ?? Find(answeringModel)) is { } known)
        {
            _tokensUsd = (_tokensUsd ?? 0) + known.Prices.CostOf(usage);
        }
    }

    /// <summary>Counts what a command's place cost.</summary>
    public void AddPlace(decimal usd) => _placesUsd += usd;

    /// <summary>Says which limit is reached; <see langword="null"/> for none.</summary>
    public string? FindExceeded()
    {
        if (options.MaxTokens is { } tokens && Usage.InputTokens + Usage.OutputTokens >= tokens)
        {
            return $"The execution used {Usage.InputTokens + Usage.OutputTokens} tokens; its limit is {tokens} ({nameof(ChatAgentOptions.MaxTokens)}).";
        }

        var money = budgetUsd is { } budget && options.MaxCostUsd is { } cap ? Math.Min(budget, cap) : budgetUsd ?? options.MaxCostUsd;
        if (money is not { } limit)
        {
            return null;
        }

        // The flat price is owed for the task as a whole: it may be all that the limit allows, and only what is beside it goes beyond.
        var cost = options.PricePerTaskUsd + (_tokensUsd ?? 0) + _placesUsd;
        return options.PricePerTaskUsd > limit ? FormattableString.Invariant($"The flat price of a task, {options.PricePerTaskUsd:0.####} US dollars, is above the limit of {limit:0.####}.")
            : (_tokensUsd ?? 0) + _placesUsd > 0 && cost >= limit ? FormattableString.Invariant($"The execution cost {cost:0.####} US dollars; its limit is {limit:0.####}.")
            : null;
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
