namespace Orchestrator.Providers;

/// <summary>Prices in US dollars for a million tokens of each class.</summary>
public sealed record TokenPrices
{
    /// <summary>Fresh input.</summary>
    public decimal InputUsd { get; init => field = Require.AtLeast(value, 0m); }

    /// <summary>Input read from the provider's cache.</summary>
    public decimal CachedInputUsd { get; init => field = Require.AtLeast(value, 0m); }

    /// <summary>Input written to the provider's cache.</summary>
    public decimal CacheWriteUsd { get; init => field = Require.AtLeast(value, 0m); }

    /// <summary>Output, reasoning included.</summary>
    public decimal OutputUsd { get; init => field = Require.AtLeast(value, 0m); }

    /// <summary>What a usage costs at these prices.</summary>
    /// <param name="usage">Tokens by class.</param>
    /// <returns>US dollars.</returns>
    public decimal CostOf(TokenUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var fresh = Math.Max(0, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens);
        return ((fresh * InputUsd) + (usage.CachedInputTokens * CachedInputUsd) + (usage.CacheWriteTokens * CacheWriteUsd) + (usage.OutputTokens * OutputUsd)) / 1_000_000m;
    }
}
