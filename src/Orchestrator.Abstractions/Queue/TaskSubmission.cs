using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>A task on its way into the queue.</summary>
public sealed record TaskSubmission
{
    /// <summary>The queue that is meant when none is named.</summary>
    public const string DefaultQueue = "default";

    /// <summary>The largest <see cref="Payload"/>, in characters: 4 Mi. Larger data is stored apart and referred to.</summary>
    public const int MaxPayloadLength = 4 * 1024 * 1024;

    /// <summary>The task's identity; the caller chooses it, see <see cref="Identifiers.Create"/>.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The name of the payload's type, which finds the handler: <c>agent_task</c>.</summary>
    public required string Type { get; init => field = Require.Name(value); }

    /// <summary>The payload as JSON. Never secrets: names of secrets only.</summary>
    /// <exception cref="ArgumentException">The value is empty or longer than <see cref="MaxPayloadLength"/>.</exception>
    public required string Payload { get; init => field = Require.Text(value, MaxPayloadLength); }

    /// <summary>The queue.</summary>
    /// <value><see cref="DefaultQueue"/> by default.</value>
    public string Queue { get; init => field = Require.Name(value ?? DefaultQueue); } = DefaultQueue;

    /// <summary>Higher runs first, from -100 to 100.</summary>
    /// <value>0 by default.</value>
    public int Priority { get; init => field = Require.InRange(value, -100, 100); }

    /// <summary>When it may run first; <see langword="null"/> for at once.</summary>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>How long to wait before it may run, by the database's clock, up to 10 years; the later of this and <see cref="AvailableAt"/> holds.</summary>
    public TimeSpan? Delay { get; init => field = Require.OptionalInRange(value, TimeSpan.Zero, TimeSpan.FromDays(3660)); }

    /// <summary>The hours of the day in which it may be started; <see langword="null"/> for all.</summary>
    public TaskWindow? Window { get; init; }

    /// <summary>How long an attempt may run until its handler is told to stop and it counts as failed with <c>timeout</c>; <see langword="null"/> for no limit. From 1 millisecond to 366 days.</summary>
    public TimeSpan? Timeout { get; init => field = Require.OptionalInRange(value, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(366)); }

    /// <summary>After this time it is not started any more; <see langword="null"/> for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>How often it may fail before it is discarded. Crashes of the worker are counted apart.</summary>
    /// <value>1 by default: agents cost money, a retry is the caller's choice.</value>
    public int MaxAttempts { get; init => field = Require.InRange(value, 1, 1000); } = 1;

    /// <summary>At most one task in the queue may have this key while it is in one of <see cref="DeduplicationStates"/>; <see langword="null"/> for no such rule.</summary>
    public string? DeduplicationKey { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>The states in which this task, once enqueued, keeps others with its key out; empty for all states that are not final.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<QueuedTaskState>))]
    public ValueList<QueuedTaskState> DeduplicationStates { get; init => field = value ?? []; } = [];

    /// <summary>For how long this task keeps others with its key out in any state, even when it has been deleted; <see langword="null"/> for no such time. Up to 366 days.</summary>
    public TimeSpan? DeduplicationPeriod { get; init => field = Require.OptionalInRange(value, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(366)); }

    /// <summary>What happens when the key is taken.</summary>
    /// <value><see cref="DeduplicationMode.Keep"/> by default.</value>
    public DeduplicationMode DeduplicationMode { get; init; }

    /// <summary>
    /// The group that the task belongs to: a tenant, a repository, a provider. Groups of a queue are served in turn, and limits hold for each, see
    /// <see cref="QueueSettings"/> and <see cref="GroupSettings"/>; <see langword="null"/> for none.
    /// </summary>
    public string? Group { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>How many slots of a worker, and of every limit on running tasks, the task takes, from 1 to 1000; 0, as absent, is read as 1.</summary>
    /// <value>1 by default.</value>
    public int Slots { get; init => field = Require.InRange(value == 0 ? 1 : value, 1, 1000); } = 1;

    /// <summary>Which workers may take it; <see langword="null"/> for any.</summary>
    public TaskAssignment? Assignment { get; init; }

    /// <summary>The version of the payload's form, from 1, so that handlers can bring older ones up to date; 0, as absent, is read as 1.</summary>
    /// <value>1 by default.</value>
    public int PayloadVersion { get; init => field = Require.InRange(value == 0 ? 1 : value, 1, int.MaxValue); } = 1;

    /// <summary>The W3C trace context of the caller, to join the spans.</summary>
    public string? TraceParent { get; init => field = Require.OptionalText(value, 100); }
}
