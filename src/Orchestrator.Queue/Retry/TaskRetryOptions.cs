namespace Orchestrator.Queue.Retry;

/// <summary>When failed attempts are tried again.</summary>
public sealed class TaskRetryOptions
{
    /// <summary>The wait before the second attempt, from 0 to <see cref="MaxDelay"/>; it grows with every further attempt.</summary>
    /// <value>1 second by default.</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts, up to 7 days. A failure that asks for more gets more.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How waits are spread.</summary>
    /// <value><see cref="RetryJitter.Decorrelated"/> by default.</value>
    public RetryJitter Jitter { get; set; }

    /// <summary>Other rules by the code of the failure, see <see cref="TaskFailure.Code"/>.</summary>
    /// <value>Empty by default.</value>
    public IDictionary<string, TaskRetryRule> Codes { get; } = new Dictionary<string, TaskRetryRule>(StringComparer.Ordinal);
}
