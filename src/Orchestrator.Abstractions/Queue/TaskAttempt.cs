using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>One lease of a task that is over, see table <c>container_tasks</c>.</summary>
public sealed record TaskAttempt
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The lease.</summary>
    public required long LeaseId { get; init; }

    /// <summary>The worker's incarnation.</summary>
    public string? WorkerId { get; init; }

    /// <summary>The worker.</summary>
    public string? WorkerName { get; init; }

    /// <summary>The container that it ran in.</summary>
    public string? ContainerName { get; init; }

    /// <summary>When it was leased.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the lease ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>How it ended.</summary>
    public required TaskAttemptOutcome Outcome { get; init; }

    /// <summary>Why it failed.</summary>
    public TaskFailure? Failure { get; init; }
}

/// <summary>How a lease ended.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskAttemptOutcome>))]
public enum TaskAttemptOutcome
{
    /// <summary>An outcome that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The task was done.</summary>
    Completed,

    /// <summary>The attempt failed.</summary>
    Failed,

    /// <summary>The worker gave the task back.</summary>
    Released,

    /// <summary>The task was cancelled.</summary>
    Cancelled,

    /// <summary>The worker died or let the lease end.</summary>
    Crashed,
}
