using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>What happened to tasks: leases that are over, log lines, changes of state.</summary>
internal static class SqliteTaskHistory
{
    private const string ReadAttempts = """
        SELECT lease_id, worker_id, worker_name, container_name, started_at, ended_at, outcome, failure
        FROM container_tasks WHERE task_seq = (SELECT seq FROM tasks WHERE id = @id) ORDER BY lease_id
        """;

    private const string ReadLog = """
        SELECT id, lease_id, created_at, level, text
        FROM task_log_lines WHERE task_seq = (SELECT seq FROM tasks WHERE id = @id) AND id > @after ORDER BY id LIMIT @limit
        """;

    private const string EventColumns =
        "task_events.id, tasks.id, tasks.queue, from_state, to_state, task_events.lease_id, task_events.created_at, task_events.worker_name, task_events.container_name";

    private const string ReadEvents = $"""
        SELECT {EventColumns} FROM task_events CROSS JOIN tasks ON tasks.seq = task_events.task_seq
        WHERE task_events.id > @after ORDER BY task_events.id LIMIT @limit
        """;

    private const string ReadEventsOfTask = $"""
        SELECT {EventColumns} FROM tasks CROSS JOIN task_events ON task_events.task_seq = tasks.seq
        WHERE tasks.id = @id AND task_events.id > @after ORDER BY task_events.id LIMIT @limit
        """;

    public static ValueList<TaskAttempt> Attempts(SqliteConnection connection, string taskId) => connection.Statement(ReadAttempts)
        .Set("@id", taskId)
        .Query(row => new TaskAttempt
        {
            TaskId = taskId,
            LeaseId = row.GetInt64(0),
            WorkerId = row.GetStringOrNull(1),
            WorkerName = row.GetStringOrNull(2),
            ContainerName = row.GetStringOrNull(3),
            StartedAt = SqliteTime.ToTime(row.GetInt64(4)),
            EndedAt = SqliteTime.ToTime(row.GetInt64(5)),
            Outcome = EnumNames.Parse<TaskAttemptOutcome>(row.GetString(6)),
            Failure = row.GetStringOrNull(7) is { } failure ? OrchestratorJson.Read(failure, OrchestratorJsonContext.Default.TaskFailure) : null,
        })
        .ToValueList();

    public static ValueList<TaskLogLine> Log(SqliteConnection connection, string taskId, long after, int limit) => connection.Statement(ReadLog)
        .Set("@id", taskId)
        .Set("@after", after)
        .Set("@limit", limit)
        .Query(row => new TaskLogLine
        {
            Sequence = row.GetInt64(0),
            LeaseId = row.GetInt64(1),
            At = SqliteTime.ToTime(row.GetInt64(2)),
            Level = EnumNames.Parse<TaskLogLevel>(row.GetString(3)),
            Text = row.GetString(4),
        })
        .ToValueList();

    public static ValueList<TaskEvent> Events(SqliteConnection connection, long after, int limit, string? taskId) =>
        (taskId is null ? connection.Statement(ReadEvents) : connection.Statement(ReadEventsOfTask).Set("@id", taskId))
        .Set("@after", after)
        .Set("@limit", limit)
        .Query(row => new TaskEvent
        {
            Sequence = row.GetInt64(0),
            TaskId = row.GetString(1),
            Queue = row.GetString(2),
            From = row.GetStringOrNull(3) is { } from ? EnumNames.Parse<QueuedTaskState>(from) : null,
            To = EnumNames.Parse<QueuedTaskState>(row.GetString(4)),
            LeaseId = row.GetInt64(5),
            At = SqliteTime.ToTime(row.GetInt64(6)),
            WorkerName = row.GetStringOrNull(7),
            ContainerName = row.GetStringOrNull(8),
        })
        .ToValueList();
}
