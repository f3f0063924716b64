using Orchestrator.Json;

namespace Orchestrator.Providers;

/// <summary>Why an execution did not work: a value, never an exception.</summary>
public sealed record AgentFailure
{
    /// <summary>The class, which decides about retry, fallback and health.</summary>
    public required FailureClass Class { get; init; }

    /// <summary>What went wrong and what to do, in one or two sentences. Redacted.</summary>
    public required string Message { get; init => field = Require.Text(value); }

    /// <summary>How long the provider asked us to wait.</summary>
    public TimeSpan? RetryAfter { get; init => field = Require.OptionalAtLeast(value, TimeSpan.Zero); }

    /// <summary>The process' exit code or the service's status, when there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The end of what the agent printed, for people. Redacted, at most a few kilobytes.</summary>
    public string? Detail { get; init; }

    /// <summary>Tokens used all the same.</summary>
    public TokenUsage Usage { get; init => field = value ?? new(); } = new();

    /// <summary>Cost all the same, in US dollars.</summary>
    public decimal? CostUsd { get; init => field = Require.OptionalAtLeast(value, 0m); }

    /// <summary>The class and the message, for logs.</summary>
    /// <returns>For example <c>rate_limited: …</c>.</returns>
    public override string ToString() => $"{Class.ToName()}: {Message}";
}
