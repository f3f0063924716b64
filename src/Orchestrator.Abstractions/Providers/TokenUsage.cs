namespace Orchestrator.Providers;

/// <summary>Tokens that an execution used, by class.</summary>
public sealed record TokenUsage
{
    /// <summary>All input, cached input included.</summary>
    public long InputTokens { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>The part of the input that was read from the provider's cache.</summary>
    public long CachedInputTokens { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>The part of the input that was written to the provider's cache.</summary>
    public long CacheWriteTokens { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>All output, reasoning included.</summary>
    public long OutputTokens { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>The part of the output that was reasoning.</summary>
    public long ReasoningTokens { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>The sum of two usages.</summary>
    /// <param name="other">The other usage.</param>
    /// <returns>A new usage.</returns>
    public TokenUsage Plus(TokenUsage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new TokenUsage
        {
            InputTokens = InputTokens + other.InputTokens,
            CachedInputTokens = CachedInputTokens + other.CachedInputTokens,
            CacheWriteTokens = CacheWriteTokens + other.CacheWriteTokens,
            OutputTokens = OutputTokens + other.OutputTokens,
            ReasoningTokens = ReasoningTokens + other.ReasoningTokens,
        };
    }
}
