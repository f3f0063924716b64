namespace Orchestrator.Queue.Retry;

/// <summary>What holds for failures of one code; whatever is <see langword="null"/> is as for all others.</summary>
public sealed class TaskRetryRule
{
    /// <summary>After how many attempts a task that fails so is given up, however many <see cref="TaskSubmission.MaxAttempts"/> allows; from 1 to 1000.</summary>
    /// <value><see langword="null"/> by default: the task's own number.</value>
    public int? MaxAttempts { get; set; }

    /// <summary>The wait before the second attempt, from 0 to the longest.</summary>
    /// <value><see langword="null"/> by default: <see cref="TaskRetryOptions.Delay"/>.</value>
    public TimeSpan? Delay { get; set; }

    /// <summary>The longest wait, up to 7 days.</summary>
    /// <value><see langword="null"/> by default: <see cref="TaskRetryOptions.MaxDelay"/>.</value>
    public TimeSpan? MaxDelay { get; set; }

    /// <summary>Whether such a failure is tried again, whatever the handler said.</summary>
    /// <value><see langword="null"/> by default: what the handler said.</value>
    public bool? Retryable { get; set; }
}
