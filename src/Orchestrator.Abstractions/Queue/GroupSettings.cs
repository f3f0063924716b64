namespace Orchestrator.Queue;

/// <summary>The limits and the share of one group of a queue, on every machine.</summary>
public sealed record GroupSettings
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init => field = Require.Name(value); }

    /// <summary>The group, see <see cref="TaskSubmission.Group"/>.</summary>
    public required string Group { get; init => field = Require.Text(value, 200); }

    /// <summary>How many slots its running tasks may take together; <see langword="null"/> for the queue's own <see cref="QueueSettings.MaxRunningPerGroup"/>.</summary>
    public int? MaxRunning { get; init => field = Require.OptionalInRange(value, 1, 1_000_000); }

    /// <summary>How many of its tasks may be started in a time; <see langword="null"/> for the queue's own <see cref="QueueSettings.RatePerGroup"/>.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>Its share beside other groups: a group of weight 2 gets two turns for one of weight 1. From 1 to 1000; 0, as absent, is read as 1.</summary>
    public int Weight { get; init => field = Require.InRange(value == 0 ? 1 : value, 1, 1000); } = 1;
}
