using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Plans;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>What an operator does to one task.</summary>
internal static class SqliteTaskChanges
{
    private const string Find = "SELECT seq, state FROM tasks WHERE id = @id";

    /// <summary>Ends a task that waits.</summary>
    public const string CancelWaiting = "UPDATE tasks SET state = 'cancelled', finished_at = @now, changed_at = @now WHERE seq = @seq";

    private const string CancelRunning = "UPDATE tasks SET cancel_requested = 1 WHERE seq = @seq";

    private const string ReleaseRunning = "UPDATE tasks INDEXED BY tasks_lease SET release_requested = 1 WHERE state = 'running' AND queue = @queue";

    private const string SetPriority = "UPDATE tasks SET priority = @priority, rank = available_at - @priority * ageing WHERE seq = @seq";

    // What has not completed may run, or be retried, with the results of those it depends on.
    private const string AnyDependent = """
        SELECT 1 FROM task_dependencies CROSS JOIN tasks ON tasks.seq = task_dependencies.task_seq
        WHERE task_dependencies.depends_on_seq = @seq AND tasks.state <> 'completed' LIMIT 1
        """;

    private const string DeleteDependencies = "DELETE FROM task_dependencies WHERE depends_on_seq = @seq";

    private const string DeleteKey = """
        DELETE FROM task_keys
        WHERE expires_at IS NULL AND (queue, deduplication_key) = (SELECT queue, deduplication_key FROM tasks WHERE seq = @seq) AND task_id = @id
        """;

    private const string DeleteTask = "DELETE FROM tasks WHERE seq = @seq";

    public static TaskChangeStatus Cancel(SqliteConnection connection, string taskId, DateTimeOffset now)
    {
        var (seq, state) = FindTask(connection, taskId);
        switch (state)
        {
            case null:
                return TaskChangeStatus.NotFound;
            case "running":
                connection.Statement(CancelRunning).Set("@seq", seq).Execute();
                return TaskChangeStatus.Requested;
            case "completed" or "cancelled" or "discarded":
                return TaskChangeStatus.WrongState;
            default:
                connection.Statement(CancelWaiting).Set("@seq", seq).Set("@now", now.ToMilliseconds()).Execute();
                SqlitePlanProgress.Advance(connection, [seq], now);
                return TaskChangeStatus.Changed;
        }
    }

    public static int RequestRelease(SqliteConnection connection, string queue) => connection.Statement(ReleaseRunning).Set("@queue", queue).Execute();

    public static TaskChangeStatus Reprioritize(SqliteConnection connection, string taskId, int priority)
    {
        var (seq, state) = FindTask(connection, taskId);
        if (state is null or "completed" or "cancelled" or "discarded")
        {
            return state is null ? TaskChangeStatus.NotFound : TaskChangeStatus.WrongState;
        }

        connection.Statement(SetPriority).Set("@seq", seq).Set("@priority", priority).Execute();
        return TaskChangeStatus.Changed;
    }

    public static TaskChangeStatus Delete(SqliteConnection connection, string taskId)
    {
        var (seq, state) = FindTask(connection, taskId);
        if (state is not ("completed" or "cancelled" or "discarded"))
        {
            return state is null ? TaskChangeStatus.NotFound : TaskChangeStatus.WrongState;
        }

        if (connection.Statement(AnyDependent).Set("@seq", seq).Scalar() is not null)
        {
            return TaskChangeStatus.WrongState;
        }

        connection.Statement(DeleteDependencies).Set("@seq", seq).Execute();
        connection.Statement(DeleteKey).Set("@seq", seq).Set("@id", taskId).Execute();
        connection.Statement(DeleteTask).Set("@seq", seq).Execute();
        return TaskChangeStatus.Changed;
    }

    private static (long Seq, string? State) FindTask(SqliteConnection connection, string taskId) =>
        connection.Statement(Find).Set("@id", taskId).Single(row => (row.GetInt64(0), (string?)row.GetString(1)));
}
