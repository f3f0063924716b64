using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>What came of one attempt: a value, never an exception.</summary>
/// <typeparam name="TResult">What a successful attempt gives.</typeparam>
public sealed record AttemptResult<TResult>
{
    /// <summary>What it gave; the default when it failed. The value of a loser is disposed when it is <see cref="IAsyncDisposable"/>.</summary>
    public TResult? Value { get; init; }

    /// <summary>Why it failed; <see langword="null"/> when it succeeded.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>What it cost, in US dollars; <see langword="null"/> when that is not known: then what was expected is charged.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>All tokens it used; <see langword="null"/> when that is not known.</summary>
    public long? Tokens { get; init; }

    /// <summary>The tokens by class, for traces; <see langword="null"/> when only <see cref="Tokens"/> is known, or nothing.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Whether the provider was asked at all. When not, nothing is charged and its health is not touched.</summary>
    public bool Began { get; init; } = true;

    /// <summary>Whether the caller saw output before it failed: then no other provider takes over.</summary>
    public bool IsCommitted { get; init; }

    /// <summary>Whether it has only begun well, such as a stream with its first content: it is settled by <see cref="OpenAttempt"/>.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it did not fail.</summary>
    public bool Succeeded => Failure is null;
}
