using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Deletes tasks that are old, each after the lines of its log, of which there may be thousands.</summary>
internal sealed class SqliteTaskRetention(SqliteDatabase database, TaskAges ages)
{
    // Holds the writer for a few milliseconds.
    private const int LinesATransaction = 2_000;

    // A retry may have come in between. What belongs to a plan that goes on stays, and so does what may be needed again: a task is retried with the results of
    // those it depends on.
    private const string MayGo = $"""
        {TaskAges.IsOld}
        AND NOT EXISTS (SELECT 1 FROM task_plans WHERE task_plans.id = tasks.plan_id AND task_plans.finished_at IS NULL)
        AND NOT EXISTS (
            SELECT 1 FROM task_dependencies CROSS JOIN tasks AS dependents ON dependents.seq = task_dependencies.task_seq
            WHERE task_dependencies.depends_on_seq = tasks.seq AND dependents.state <> 'completed')
        """;

    private const string DeleteLines = $"""
        DELETE FROM task_log_lines
        WHERE id IN (SELECT id FROM task_log_lines WHERE task_seq = @row ORDER BY id LIMIT @limit) AND EXISTS (SELECT 1 FROM tasks WHERE seq = @row AND {MayGo})
        """;

    private const string DeleteTask = $"DELETE FROM tasks WHERE seq = @row AND {MayGo}";

    /// <summary>Deletes those of the tasks that may go.</summary>
    public async ValueTask<long> DeleteAsync(long[] rows, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        for (var next = 0; next < rows.Length;)
        {
            var from = next;
            (next, var count) = await database.WriteAsync(connection => DeleteSome(connection, rows, from), cancellationToken).ConfigureAwait(false);
            deleted += count;
        }

        return deleted;
    }

    private (int Next, long Deleted) DeleteSome(SqliteConnection connection, long[] rows, int next)
    {
        var (deleted, lines) = (0L, LinesATransaction);
        for (; next < rows.Length; next++)
        {
            lines -= TaskAges.Set(connection.Statement(DeleteLines), ages).Set("@row", rows[next]).Set("@limit", lines).Execute();
            if (lines == 0)
            {
                break;
            }

            deleted += TaskAges.Set(connection.Statement(DeleteTask), ages).Set("@row", rows[next]).Execute();
        }

        return (next, deleted);
    }
}
