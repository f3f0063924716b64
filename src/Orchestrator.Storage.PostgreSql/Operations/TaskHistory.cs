using Npgsql;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>What happened to tasks: leases that are over, log lines, changes of state.</summary>
internal static class TaskHistory
{
    private const string ReadAttempts = """
        SELECT c.lease_id, c.worker_id, c.worker_name, c.container_name, c.started_at, c.ended_at, c.outcome, c.failure
        FROM {schema}.container_tasks c WHERE c.task_seq = (SELECT seq FROM {schema}.tasks WHERE id = $1) ORDER BY c.lease_id
        """;

    private const string ReadLog = """
        SELECT l.id, l.lease_id, l.created_at, l.level, l.text
        FROM {schema}.task_log_lines l WHERE l.task_seq = (SELECT seq FROM {schema}.tasks WHERE id = $1) AND l.id > $2 ORDER BY l.id LIMIT $3
        """;

    private const string EventColumns = "e.id, t.id, t.queue, e.from_state, e.to_state, e.lease_id, e.created_at, e.worker_name, e.container_name";

    private const string ReadEventsOfTask = $$"""
        SELECT {{EventColumns}} FROM {schema}.tasks t JOIN {schema}.task_events e ON e.task_seq = t.seq WHERE t.id = $1 AND e.id > $2 ORDER BY e.id LIMIT $3
        """;

    // Numbers are given out before the commit: whoever writes to tasks right now may still commit lower ones than we can see, but none lower than what was
    // written before his transaction began. Read before the events: the highest number given out, and when the oldest of those transactions began - nothing
    // when there is none, 0 when that is hidden from us.
    private const string ReadBound = """
        SELECT ((SELECT last_value FROM {schema}.task_event_blocks) + 1) * 65536,
            (SELECT CASE WHEN bool_or(l.pid IS NULL OR (a.pid IS NOT NULL AND a.state IS NULL)) THEN 0 ELSE (extract(epoch FROM min(a.xact_start)) * 1000000)::bigint END
            FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND l.relation = '{schema}.tasks'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid())
        """;

    private const string ReadEvents = $$"""
        SELECT {{EventColumns}}, e.written_at
        FROM {schema}.task_events e JOIN {schema}.tasks t ON t.seq = e.task_seq WHERE e.id > $1 ORDER BY e.id LIMIT $2
        """;

    public static async ValueTask<ValueList<TaskAttempt>> AttemptsAsync(PostgreSqlSession session, string taskId, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            ReadAttempts,
            row => new TaskAttempt
            {
                TaskId = taskId,
                LeaseId = row.GetInt64(0),
                WorkerId = row.GetStringOrNull(1),
                WorkerName = row.GetStringOrNull(2),
                ContainerName = row.GetStringOrNull(3),
                StartedAt = SqliteTime.ToTime(row.GetInt64(4)),
                EndedAt = SqliteTime.ToTime(row.GetInt64(5)),
                Outcome = EnumNames.Parse<TaskAttemptOutcome>(row.GetString(6)),
                Failure = TaskRows.Failure(row.GetStringOrNull(7)),
            },
            cancellationToken,
            taskId).ConfigureAwait(false);
        return rows.ToValueList();
    }

    public static async ValueTask<ValueList<TaskLogLine>> LogAsync(PostgreSqlSession session, string taskId, long after, int limit, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            ReadLog,
            static row => new TaskLogLine
            {
                Sequence = row.GetInt64(0),
                LeaseId = row.GetInt64(1),
                At = SqliteTime.ToTime(row.GetInt64(2)),
                Level = EnumNames.Parse<TaskLogLevel>(row.GetString(3)),
                Text = row.GetString(4),
            },
            cancellationToken,
            taskId, after, limit).ConfigureAwait(false);
        return rows.ToValueList();
    }

    public static async ValueTask<ValueList<TaskEvent>> EventsAsync(PostgreSqlSession session, long after, int limit, string? taskId, CancellationToken cancellationToken)
    {
        // Changes of one task are never out of order: its row is locked until the commit.
        if (taskId is not null)
        {
            return (await session.QueryAsync(ReadEventsOfTask, ReadEvent, cancellationToken, taskId, after, limit).ConfigureAwait(false)).ToValueList();
        }

        var (bound, oldest) = await session.FirstAsync(ReadBound, static row => (row.GetInt64(0), row.GetInt64OrNull(1)), cancellationToken).ConfigureAwait(false);
        var events = await session.QueryAsync(
            ReadEvents, static row => (Event: ReadEvent(row), WrittenAt: row.GetInt64(9)), cancellationToken, after, limit).ConfigureAwait(false);
        var settled = events.FindLastIndex(row => row.Event.Sequence < bound && (oldest is null || row.WrittenAt < oldest)) + 1;
        return events.Take(settled).Select(row => row.Event).ToValueList();
    }

    private static TaskEvent ReadEvent(NpgsqlDataReader row) => new()
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
    };
}
