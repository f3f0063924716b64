using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>How an open attempt ended.</summary>
/// <param name="Failure">Why it failed; <see langword="null"/> when it ended well.</param>
/// <param name="CostUsd">What it cost, in US dollars; <see langword="null"/> when not known: then what was expected is charged.</param>
/// <param name="Tokens">All tokens used; <see langword="null"/> when not known.</param>
public sealed record AttemptEnd(AgentFailure? Failure, decimal? CostUsd, long? Tokens)
{
    /// <summary>The tokens by class, for traces; <see langword="null"/> when only <see cref="Tokens"/> is known, or nothing.</summary>
    public TokenUsage? Usage { get; init; }
}
