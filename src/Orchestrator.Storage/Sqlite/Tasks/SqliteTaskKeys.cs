using Microsoft.Data.Sqlite;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Deduplication: who holds a key, and for how long.</summary>
internal static class SqliteTaskKeys
{
    private const string FindId = "SELECT 1 FROM tasks WHERE id = @Id";

    private const string FindHolder = """
        SELECT task_keys.task_id, tasks.seq, tasks.state FROM task_keys LEFT JOIN tasks ON tasks.id = task_keys.task_id
        WHERE task_keys.queue = @Queue AND task_keys.deduplication_key = @Key
            AND (task_keys.expires_at > @Now OR instr(task_keys.states, ',' || tasks.state || ',') > 0)
        """;

    private const string TakeKey = """
        INSERT INTO task_keys (queue, deduplication_key, task_id, states, expires_at, created_at) VALUES (@Queue, @Key, @Id, @States, @ExpiresAt, @Now)
        ON CONFLICT (queue, deduplication_key) DO UPDATE
        SET task_id = excluded.task_id, states = excluded.states, expires_at = excluded.expires_at, created_at = excluded.created_at
        """;

    /// <summary>Adds a task that has a key, unless its id or its key is taken.</summary>
    public static EnqueueResult Add(SqliteConnection connection, PreparedTask task, PlanPlace plan, long ageing, DateTimeOffset now)
    {
        var submission = task.Submission;
        if (connection.Statement(FindId).Set("@Id", submission.Id).Scalar() is not null)
        {
            return new EnqueueResult(EnqueueStatus.Duplicate, submission.Id);
        }

        if (FindHolderOf(connection, submission.Queue, submission.DeduplicationKey!, now) is { } holder)
        {
            if (submission.DeduplicationMode != DeduplicationMode.Replace || !holder.Waits || plan.PlanId is not null)
            {
                return new EnqueueResult(EnqueueStatus.Duplicate, holder.TaskId);
            }

            SqliteTaskReplacing.Replace(connection, holder, task, ageing, now);
            Take(connection, task, holder.TaskId, now);
            return new EnqueueResult(EnqueueStatus.Replaced, holder.TaskId);
        }

        // The key first: afterwards last_insert_rowid() must be the task's.
        Take(connection, task, submission.Id, now);
        SqliteTaskAdding.TryInsert(connection, task, plan, ageing, now);
        return new EnqueueResult(EnqueueStatus.Enqueued, submission.Id);
    }

    /// <summary>The task that keeps others with a key out right now.</summary>
    public static KeyHolder? FindHolderOf(SqliteConnection connection, string queue, string key, DateTimeOffset now) => connection.Statement(FindHolder)
        .Set("@Queue", queue).Set("@Key", key).Set("@Now", now.ToMilliseconds())
        .Single(row => new KeyHolder(row.GetString(0), row.GetInt64OrNull(1), row.GetStringOrNull(2)));

    private static void Take(SqliteConnection connection, PreparedTask task, string taskId, DateTimeOffset now) => connection.Statement(TakeKey)
        .Set("@Queue", task.Submission.Queue)
        .Set("@Key", task.Submission.DeduplicationKey)
        .Set("@Id", taskId)
        .Set("@States", task.States)
        .Set("@ExpiresAt", task.Submission.DeduplicationPeriod is { } period ? (now + period).ToMilliseconds() : null)
        .Set("@Now", now.ToMilliseconds())
        .Execute();
}
