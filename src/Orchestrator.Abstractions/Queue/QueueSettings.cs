namespace Orchestrator.Queue;

/// <summary>How a queue serves its tasks, on every machine.</summary>
public sealed record QueueSettings
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init => field = Require.Name(value); }

    /// <summary>Whether no tasks are leased from it. Tasks that run go on; tasks may still be enqueued.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How many slots its running tasks may take together, see <see cref="TaskSubmission.Slots"/>; <see langword="null"/> for no limit.</summary>
    public int? MaxRunning { get; init => field = Require.OptionalInRange(value, 1, 1_000_000); }

    /// <summary>How many slots the running tasks of one group may take, unless the group has settings of its own; <see langword="null"/> for no limit.</summary>
    public int? MaxRunningPerGroup { get; init => field = Require.OptionalInRange(value, 1, 1_000_000); }

    /// <summary>How many tasks of one group may be started in a time, unless the group has settings of its own; <see langword="null"/> for no limit.</summary>
    public RateLimit? RatePerGroup { get; init; }

    /// <summary>
    /// For how long a task must wait to catch up with one that has a priority higher by one; holds for tasks enqueued from then on. From 1 millisecond to 10 days.
    /// </summary>
    /// <value><see langword="null"/>, for 1 minute, by default.</value>
    public TimeSpan? Ageing { get; init => field = Require.OptionalInRange(value, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(10)); }
}
