using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue.Plans;

/// <summary>A plan as it stands.</summary>
public sealed record PlanStatus
{
    /// <summary>The plan.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>What it is for.</summary>
    public string Title { get; init => field = value ?? ""; } = "";

    /// <summary>Where it stands as a whole.</summary>
    public required PlanState State { get; init; }

    /// <summary>How many of its tasks are in which state.</summary>
    public required QueueStatistics Statistics { get; init => field = Require.NotNull(value); }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last task ended; <see langword="null"/> while one has not.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Its tasks in the order they were given; empty in lists of plans.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<PlanTaskStatus>))]
    public ValueList<PlanTaskStatus> Tasks { get; init => field = value ?? []; } = [];

    /// <summary>How much of it has ended, from 0 to 100.</summary>
    [JsonIgnore]
    public double Percent => Statistics.Total == 0 ? 100 : 100.0 * (Statistics.Completed + Statistics.Cancelled + Statistics.Discarded) / Statistics.Total;
}

/// <summary>Where a plan stands as a whole.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PlanState>))]
public enum PlanState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Some of its tasks have not ended.</summary>
    Running,

    /// <summary>All tasks ended, none was discarded, and none was cancelled but those whose condition could not come true.</summary>
    Completed,

    /// <summary>All tasks ended and at least one was discarded.</summary>
    Failed,

    /// <summary>All tasks ended, none was discarded, and somebody cancelled at least one.</summary>
    Cancelled,
}
