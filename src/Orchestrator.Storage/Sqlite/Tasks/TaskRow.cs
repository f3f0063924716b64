using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>A task as SQLite gives it. <see cref="Columns"/> names its columns, for SELECT and RETURNING on <c>tasks</c>.</summary>
internal sealed class TaskRow
{
    public const string Columns = """
        tasks.seq AS Seq, tasks.id AS Id, tasks.queue AS Queue, tasks.type AS Type, tasks.state AS State, tasks.priority AS Priority,
        tasks.available_at AS AvailableAt, tasks.deadline AS Deadline, tasks.attempt AS Attempt, tasks.max_attempts AS MaxAttempts, tasks.crashes AS Crashes,
        tasks.lease_id AS LeaseId, tasks.lease_until AS LeaseUntil, tasks.cancel_requested AS CancelRequested, tasks.trace_parent AS TraceParent,
        tasks.started_at AS StartedAt, tasks.finished_at AS FinishedAt, tasks.worker_name AS WorkerName, tasks.container_name AS ContainerName,
        tasks.created_at AS CreatedAt,
        (SELECT payload FROM task_bodies WHERE task_bodies.seq = tasks.seq) AS Payload,
        (SELECT checkpoint FROM task_bodies WHERE task_bodies.seq = tasks.seq) AS Checkpoint,
        (SELECT result FROM task_bodies WHERE task_bodies.seq = tasks.seq) AS Result,
        (SELECT failure FROM task_bodies WHERE task_bodies.seq = tasks.seq) AS Failure
        """;

    public long Seq { get; init; }

    public string Id { get; init; } = "";

    public string Queue { get; init; } = "";

    public string Type { get; init; } = "";

    public string State { get; init; } = "";

    public long Priority { get; init; }

    public long AvailableAt { get; init; }

    public long? Deadline { get; init; }

    public long Attempt { get; init; }

    public long MaxAttempts { get; init; }

    public long Crashes { get; init; }

    public long LeaseId { get; init; }

    public long? LeaseUntil { get; init; }

    public long CancelRequested { get; init; }

    public string? TraceParent { get; init; }

    public long? StartedAt { get; init; }

    public long? FinishedAt { get; init; }

    public string? WorkerName { get; init; }

    public string? ContainerName { get; init; }

    public long CreatedAt { get; init; }

    public string Payload { get; init; } = "";

    public string? Checkpoint { get; init; }

    public string? Result { get; init; }

    public string? Failure { get; init; }

    public QueuedTask ToTask() => new()
    {
        Id = Id,
        Queue = Queue,
        Type = Type,
        Payload = Payload,
        State = EnumNames.Parse<QueuedTaskState>(State),
        Priority = (int)Priority,
        Attempt = (int)Attempt,
        MaxAttempts = (int)MaxAttempts,
        Crashes = (int)Crashes,
        LeaseId = LeaseId,
        CancelRequested = CancelRequested != 0,
        Checkpoint = Checkpoint,
        Result = Result,
        Failure = Failure is null ? null : OrchestratorJson.Read(Failure, OrchestratorJsonContext.Default.TaskFailure),
        TraceParent = TraceParent,
        WorkerName = WorkerName,
        ContainerName = ContainerName,
        CreatedAt = SqliteTime.ToTime(CreatedAt),
        AvailableAt = SqliteTime.ToTime(AvailableAt),
        StartedAt = SqliteTime.ToTime(StartedAt),
        FinishedAt = SqliteTime.ToTime(FinishedAt),
        Deadline = SqliteTime.ToTime(Deadline),
    };

    public TaskLease ToLease() => new() { Task = ToTask(), ExpiresAt = SqliteTime.ToTime(LeaseUntil!.Value) };
}
