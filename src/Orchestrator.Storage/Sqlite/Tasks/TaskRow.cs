using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>A whole task as SQLite gives it: <c>SELECT {TaskRow.Columns} FROM tasks {TaskRow.Bodies} WHERE …</c>, mapped by <see cref="Read"/>.</summary>
internal static class TaskRow
{
    /// <summary>All that <see cref="Read"/> reads, in its order.</summary>
    public const string Columns = """
        tasks.id, tasks.queue, tasks.type, task_bodies.payload, tasks.state, tasks.priority, tasks.attempt, tasks.max_attempts, tasks.crashes, tasks.lease_id,
        tasks.cancel_requested, tasks.slots, tasks.payload_version, tasks.created_at, tasks.available_at,
        coalesce(
            task_bodies.checkpoint, task_bodies.result, task_bodies.failure, task_progress.task_seq, tasks.plan_id, tasks.group_key, nullif(tasks.is_assigned, 0),
            tasks.timeout, tasks.time_window, tasks.deduplication_key, tasks.trace_parent, tasks.worker_name, tasks.started_at, tasks.finished_at, tasks.deadline) IS NOT NULL,
        task_bodies.checkpoint, task_bodies.result, task_bodies.failure, task_progress.percent, task_progress.message, task_progress.created_at,
        tasks.plan_id, tasks.is_gate, tasks.group_key, tasks.is_assigned, tasks.assigned_worker, tasks.assigned_container, tasks.required_labels,
        tasks.timeout, tasks.time_window, tasks.deduplication_key, tasks.trace_parent, tasks.worker_name, tasks.container_name,
        tasks.started_at, tasks.finished_at, tasks.deadline, tasks.seq
        """;

    /// <summary>The tables beside <c>tasks</c> that <see cref="Columns"/> are in.</summary>
    public const string Bodies = "CROSS JOIN task_bodies ON task_bodies.seq = tasks.seq LEFT JOIN task_progress ON task_progress.task_seq = tasks.seq";

    /// <summary>The column of the task's place in the order of adding.</summary>
    public const int Seq = 38;

    // Whether any of the columns behind it says something: a plain task that waits has nothing there, and each column that is read costs a call.
    private const int HasMore = 15;

    /// <summary>Maps a row of <see cref="Columns"/>.</summary>
    public static QueuedTask Read(SqliteRow row)
    {
        var task = new QueuedTask
        {
            Id = row.GetString(0),
            Queue = row.GetString(1),
            Type = row.GetString(2),
            Payload = row.GetString(3),
            State = EnumNames.Parse<QueuedTaskState>(row.GetString(4)),
            Priority = row.GetInt32(5),
            Attempt = row.GetInt32(6),
            MaxAttempts = row.GetInt32(7),
            Crashes = row.GetInt32(8),
            LeaseId = row.GetInt64(9),
            CancelRequested = row.GetBoolean(10),
            Slots = row.GetInt32(11),
            PayloadVersion = row.GetInt32(12),
            CreatedAt = SqliteTime.ToTime(row.GetInt64(13)),
            AvailableAt = SqliteTime.ToTime(row.GetInt64(14)),
        };
        return row.GetBoolean(HasMore) ? ReadMore(row, task) : task;
    }

    private static QueuedTask ReadMore(SqliteRow row, QueuedTask task) => task with
    {
        Checkpoint = row.GetStringOrNull(16),
        Result = row.GetStringOrNull(17),
        Failure = row.GetStringOrNull(18) is { } failure ? OrchestratorJson.Read(failure, OrchestratorJsonContext.Default.TaskFailure) : null,
        Progress = row.IsDBNull(21) ? null : Progress(row),
        PlanId = row.GetStringOrNull(22),
        IsGate = row.GetBoolean(23),
        Group = row.GetStringOrNull(24),
        Assignment = row.GetBoolean(25) ? Assignment(row) : null,
        Timeout = row.GetInt64OrNull(29) is { } timeout ? TimeSpan.FromMilliseconds(timeout) : null,
        Window = row.GetStringOrNull(30) is { } window ? OrchestratorJson.Read(window, OrchestratorJsonContext.Default.TaskWindow) : null,
        DeduplicationKey = row.GetStringOrNull(31),
        TraceParent = row.GetStringOrNull(32),
        WorkerName = row.GetStringOrNull(33),
        ContainerName = row.GetStringOrNull(34),
        StartedAt = SqliteTime.ToTime(row.GetInt64OrNull(35)),
        FinishedAt = SqliteTime.ToTime(row.GetInt64OrNull(36)),
        Deadline = SqliteTime.ToTime(row.GetInt64OrNull(37)),
    };

    // A row of task_progress may only count log lines.
    private static TaskProgress? Progress(SqliteRow row) =>
        row.IsDBNull(19) && row.IsDBNull(20) ? null : new TaskProgress(row.GetDoubleOrNull(19), row.GetStringOrNull(20));

    private static TaskAssignment Assignment(SqliteRow row) => new()
    {
        WorkerName = row.GetStringOrNull(26),
        ContainerName = row.GetStringOrNull(27),
        Labels = row.GetStringOrNull(28) is { } labels ? OrchestratorJson.Read(labels, OrchestratorJsonContext.Default.ValueMap) : ValueMap.Empty,
    };
}
