namespace Orchestrator.Providers.Proxy;

/// <summary>What went through a proxy so far.</summary>
internal sealed record CredentialProxyUsage
{
    /// <summary>Requests that were passed on, whatever the answer was.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests that were refused here: a wrong key, another path, a spent budget, or no proper HTTP.</summary>
    public required int Refused { get; init; }

    /// <summary>Tokens as the model's server told them.</summary>
    public required TokenUsage Tokens { get; init; }

    /// <summary>Tokens of answers that broke off or told no usage, guessed from their length. They count for the budget.</summary>
    public required TokenUsage EstimatedTokens { get; init; }

    /// <summary>What all of it costs, guesses included; <see langword="null"/> when nobody knows the price, and then no budget holds.</summary>
    public required decimal? CostUsd { get; init; }

    /// <summary>Whether a request was refused because the budget was spent.</summary>
    public required bool IsBudgetSpent { get; init; }

    /// <summary>How long the model's server asked to wait, at most a day; <see langword="null"/> when its last answer that generates was no 429 or 503, or told no time.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
