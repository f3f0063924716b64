using Npgsql;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>A whole task as PostgreSQL gives it: <c>SELECT {TaskRows.Columns} FROM {TaskRows.Tables} WHERE …</c>, mapped by <see cref="Read"/>. Type <c>leased_task</c> has the same columns.</summary>
internal static class TaskRows
{
    /// <summary>All that <see cref="Read"/> reads, in its order.</summary>
    public const string Columns = """
        t.seq, t.id, t.queue, t.type, b.payload, t.state, t.priority, t.attempt, t.max_attempts, t.crashes, t.lease_id, t.cancel_requested, b.checkpoint,
        b.result, b.failure, p.percent, p.message, p.created_at, t.plan_id, t.is_gate, t.group_key, t.slots, t.is_assigned, t.assigned_worker,
        t.assigned_container, t.required_labels, t.payload_version, t.timeout, t.time_window, t.deduplication_key, t.trace_parent, t.worker_name,
        t.container_name, t.created_at, t.available_at, t.started_at, t.finished_at, t.deadline
        """;

    /// <summary>The tables that <see cref="Columns"/> are in.</summary>
    public const string Tables = "{schema}.tasks t JOIN {schema}.task_bodies b ON b.seq = t.seq LEFT JOIN {schema}.task_progress p ON p.task_seq = t.seq";

    /// <summary>How many columns there are.</summary>
    public const int Count = 38;

    /// <summary>Maps a row of <see cref="Columns"/>.</summary>
    public static QueuedTask Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(1),
        Queue = row.GetString(2),
        Type = row.GetString(3),
        Payload = row.GetString(4),
        State = EnumNames.Parse<QueuedTaskState>(row.GetString(5)),
        Priority = row.GetInt32(6),
        Attempt = row.GetInt32(7),
        MaxAttempts = row.GetInt32(8),
        Crashes = row.GetInt32(9),
        LeaseId = row.GetInt64(10),
        CancelRequested = row.GetBoolean(11),
        Checkpoint = row.GetStringOrNull(12),
        Result = row.GetStringOrNull(13),
        Failure = Failure(row.GetStringOrNull(14)),
        Progress = row.IsDBNull(15) && row.IsDBNull(16) ? null : new TaskProgress(row.GetDoubleOrNull(15), row.GetStringOrNull(16)),
        PlanId = row.GetStringOrNull(18),
        IsGate = row.GetBoolean(19),
        Group = row.GetStringOrNull(20),
        Slots = row.GetInt32(21),
        Assignment = row.GetBoolean(22) ? Assignment(row) : null,
        PayloadVersion = row.GetInt32(26),
        Timeout = row.GetInt64OrNull(27) is { } timeout ? TimeSpan.FromMilliseconds(timeout) : null,
        Window = row.GetStringOrNull(28) is { } window ? OrchestratorJson.Read(window, OrchestratorJsonContext.Default.TaskWindow) : null,
        DeduplicationKey = row.GetStringOrNull(29),
        TraceParent = row.GetStringOrNull(30),
        WorkerName = row.GetStringOrNull(31),
        ContainerName = row.GetStringOrNull(32),
        CreatedAt = SqliteTime.ToTime(row.GetInt64(33)),
        AvailableAt = SqliteTime.ToTime(row.GetInt64(34)),
        StartedAt = SqliteTime.ToTime(row.GetInt64OrNull(35)),
        FinishedAt = SqliteTime.ToTime(row.GetInt64OrNull(36)),
        Deadline = SqliteTime.ToTime(row.GetInt64OrNull(37)),
    };

    /// <summary>A failure as it is stored.</summary>
    public static TaskFailure? Failure(string? json) => json is null ? null : OrchestratorJson.Read(json, OrchestratorJsonContext.Default.TaskFailure);

    private static TaskAssignment Assignment(NpgsqlDataReader row) => new()
    {
        WorkerName = row.GetStringOrNull(23),
        ContainerName = row.GetStringOrNull(24),
        Labels = row.GetStringOrNull(25) is { } labels ? OrchestratorJson.Read(labels, OrchestratorJsonContext.Default.ValueMap) : ValueMap.Empty,
    };
}
