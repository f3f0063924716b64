using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>A worker's wish for tasks.</summary>
public sealed record LeaseRequest
{
    /// <summary>Who asks.</summary>
    public required WorkerIdentity Worker { get; init => field = Require.NotNull(value); }

    /// <summary>The queue.</summary>
    /// <value><see cref="TaskSubmission.DefaultQueue"/> by default.</value>
    public string Queue { get; init => field = Require.Name(value ?? TaskSubmission.DefaultQueue); } = TaskSubmission.DefaultQueue;

    /// <summary>The types of payload that the worker can handle; empty for all.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Types { get; init => field = value ?? []; } = [];

    /// <summary>Only this task; <see langword="null"/> for any that can run.</summary>
    public string? TaskId { get; init => field = Require.OptionalName(value); }

    /// <summary>How many tasks, at most: never more than can start at once.</summary>
    /// <value>1 by default.</value>
    public int Count { get; init => field = Require.InRange(value, 1, 1000); } = 1;

    /// <summary>How many slots the tasks may take together, see <see cref="TaskSubmission.Slots"/>; <see langword="null"/> for any. A task that needs more waits, and those behind it, too.</summary>
    public int? Slots { get; init => field = Require.OptionalInRange(value, 1, 1_000_000); }

    /// <summary>What the worker is and has, for <see cref="TaskAssignment.Labels"/>.</summary>
    public ValueMap Labels { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;

    /// <summary>How long the leases shall hold without a heartbeat.</summary>
    /// <value>60 seconds by default.</value>
    public TimeSpan Duration { get; init => field = Require.AtLeast(value, TimeSpan.FromMilliseconds(1)); } = TimeSpan.FromSeconds(60);
}
