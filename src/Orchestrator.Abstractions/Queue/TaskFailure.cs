namespace Orchestrator.Queue;

/// <summary>Why an attempt at a queued task failed.</summary>
public sealed record TaskFailure
{
    /// <summary>A stable name for the class of failure, such as <c>authentication</c> or <c>worker_crashed</c>.</summary>
    public required string Code { get; init => field = Require.Name(value); }

    /// <summary>What happened, redacted.</summary>
    public required string Message { get; init => field = Require.NotNull(value); }

    /// <summary>Whether another attempt may fare better. When not, the task is discarded at once.</summary>
    public bool Retryable { get; init; }

    /// <summary>The least time to wait before the next attempt.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the attempt gave all the same, as JSON; kept as the task's result.</summary>
    public string? Result { get; init; }
}
