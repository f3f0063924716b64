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

    /// <summary>After this time it is not started any more; <see langword="null"/> for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>How often it may fail before it is discarded. Crashes of the worker are counted apart.</summary>
    /// <value>1 by default: agents cost money, a retry is the caller's choice.</value>
    public int MaxAttempts { get; init => field = Require.InRange(value, 1, 1000); } = 1;

    /// <summary>At most one unfinished task in the queue may have this key; <see langword="null"/> for no such rule.</summary>
    public string? DeduplicationKey { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>The W3C trace context of the caller, to join the spans.</summary>
    public string? TraceParent { get; init => field = Require.OptionalText(value, 100); }
}
