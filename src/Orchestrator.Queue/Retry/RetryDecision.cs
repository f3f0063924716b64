namespace Orchestrator.Queue.Retry;

/// <summary>Whether and when a failed attempt is tried again.</summary>
/// <param name="IsRetryable">Whether another attempt is made, as long as <see cref="QueuedTask.MaxAttempts"/> allows; else the task is discarded.</param>
/// <param name="Delay">The least time to wait before it, zero or more.</param>
public readonly record struct RetryDecision(bool IsRetryable, TimeSpan Delay);
