namespace Orchestrator.Queue;

/// <summary>A queue at a glance.</summary>
public sealed record QueueStatus
{
    /// <summary>Its settings.</summary>
    public required QueueSettings Settings { get; init => field = Require.NotNull(value); }

    /// <summary>How many tasks are in which state.</summary>
    public required QueueStatistics Statistics { get; init => field = Require.NotNull(value); }

    /// <summary>
    /// Since when the longest waiting of the tasks that are next has been available; <see langword="null"/> when none is. Next is the first by rank of each line: of
    /// the tasks for anybody, of those for each worker or container, and of each group. A task of lower priority behind them may have waited longer.
    /// </summary>
    public DateTimeOffset? OldestAvailableAt { get; init; }
}
