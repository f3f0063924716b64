namespace Orchestrator.Queue;

/// <summary>Which tasks to list.</summary>
public sealed record TaskQuery
{
    /// <summary>Only this queue; <see langword="null"/> for all.</summary>
    public string? Queue { get; init => field = Require.OptionalName(value); }

    /// <summary>Only this state; <see langword="null"/> for all.</summary>
    public QueuedTaskState? State { get; init; }

    /// <summary>Only this type of payload; <see langword="null"/> for all.</summary>
    public string? Type { get; init => field = Require.OptionalName(value); }

    /// <summary>Only tasks of this group; <see langword="null"/> for all.</summary>
    public string? Group { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>Only tasks of this plan; <see langword="null"/> for all.</summary>
    public string? PlanId { get; init => field = Require.OptionalName(value); }

    /// <summary>Only tasks whose latest failure has this code; <see langword="null"/> for all.</summary>
    public string? FailureCode { get; init => field = Require.OptionalName(value); }

    /// <summary>At most so many, from 1 to 1000.</summary>
    /// <value>50 by default.</value>
    public int Limit { get; init => field = Require.InRange(value, 1, 1000); } = 50;
}
