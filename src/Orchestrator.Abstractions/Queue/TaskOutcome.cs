using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>How a worker's work under one lease ended.</summary>
public sealed record TaskOutcome
{
    private TaskOutcome()
    {
    }

    [JsonConstructor]
    internal TaskOutcome(LeaseToken lease, TaskOutcomeKind kind, string? result = null, TaskFailure? failure = null, TimeSpan backoff = default) =>
        (Lease, Kind, Result, Failure, Backoff) = (lease, kind, result, failure, backoff);

    /// <summary>The lease.</summary>
    public LeaseToken Lease { get; private init; }

    /// <summary>How it ended.</summary>
    public TaskOutcomeKind Kind { get; private init; }

    /// <summary>What the task gave, as JSON.</summary>
    public string? Result { get; private init; }

    /// <summary>Why it failed; <see langword="null"/> when it did not.</summary>
    public TaskFailure? Failure { get; private init; }

    /// <summary>The least time to wait before the next attempt; <see cref="TaskFailure.RetryAfter"/> holds when it is longer.</summary>
    public TimeSpan Backoff { get; private init; }

    /// <summary>The task is done.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <returns>The outcome.</returns>
    public static TaskOutcome Completed(LeaseToken lease, string? result = null) => new() { Lease = lease, Kind = TaskOutcomeKind.Completed, Result = result };

    /// <summary>
    /// The attempt failed. The task becomes retryable when the failure is and attempts are left; else it is discarded. A task that somebody asked to cancel
    /// becomes cancelled instead of retryable.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="failure">Why.</param>
    /// <param name="backoff">The least time to wait before the next attempt, zero or more.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time to wait is negative.</exception>
    public static TaskOutcome Failed(LeaseToken lease, TaskFailure failure, TimeSpan backoff = default) => new()
    {
        Lease = lease,
        Kind = TaskOutcomeKind.Failed,
        Failure = Require.NotNull(failure, nameof(failure)),
        Backoff = Require.AtLeast(backoff, TimeSpan.Zero, nameof(backoff)),
    };

    /// <summary>
    /// The task is given back unharmed, as a worker does that shuts down: it is available at once, or after <paramref name="backoff"/>, and the attempt is not counted.
    /// A task that somebody asked to cancel becomes cancelled.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="backoff">The least time before it may be taken again, zero or more.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time to wait is negative.</exception>
    public static TaskOutcome Released(LeaseToken lease, TimeSpan backoff = default) =>
        new() { Lease = lease, Kind = TaskOutcomeKind.Released, Backoff = Require.AtLeast(backoff, TimeSpan.Zero, nameof(backoff)) };

    /// <summary>The task ends as cancelled, after a renewal said that somebody asked for it.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What there is to say, as JSON; <see langword="null"/> for nothing.</param>
    /// <returns>The outcome.</returns>
    public static TaskOutcome Cancelled(LeaseToken lease, string? result = null) => new() { Lease = lease, Kind = TaskOutcomeKind.Cancelled, Result = result };
}

/// <summary>How the work under a lease ended.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskOutcomeKind>))]
public enum TaskOutcomeKind
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The task is done.</summary>
    Completed,

    /// <summary>The attempt failed.</summary>
    Failed,

    /// <summary>The task was given back.</summary>
    Released,

    /// <summary>The task was cancelled.</summary>
    Cancelled,
}
