namespace Orchestrator.Queue.Retry;

/// <summary>How the wait before an attempt is spread, so that tasks that failed together do not come back together.</summary>
public enum RetryJitter
{
    /// <summary>Each wait is between the first one and three times the one before, by chance: never shorter than <see cref="TaskRetryOptions.Delay"/>.</summary>
    Decorrelated = 0,

    /// <summary>Each wait is between nothing and the doubled one before, by chance.</summary>
    Full,

    /// <summary>Each wait is exactly twice the one before.</summary>
    None,
}
