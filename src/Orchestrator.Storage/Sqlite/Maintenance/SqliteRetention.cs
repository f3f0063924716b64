namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>
/// Deletes what is old: readers look for it page by page beside the writer, and small transactions delete what they found, if it is still as it was.
/// </summary>
/// <remarks>
/// Rows are looked at from the oldest on. A whole page of rows that are too young ends the search, so that its cost follows what there is to delete (and old
/// tasks that still wait), not what there is. No index is needed that every task would pay for.
/// </remarks>
internal sealed class SqliteRetention(SqliteDatabase database)
{
    private const int PageRows = 5_000;

    // A task has some ten rows and index entries: this many tasks hold the writer for a few milliseconds.
    private const int RowsATransaction = 100;

    private const string FindTasks = $"SELECT seq, created_at > @newest, {TaskAges.IsOld} FROM tasks WHERE seq > @after ORDER BY seq LIMIT @limit";

    private const string FindPlans = "SELECT seq, created_at > @newest, finished_at <= @newest FROM task_plans WHERE seq > @after ORDER BY seq LIMIT @limit";

    private const string DeletePlan = """
        DELETE FROM task_plans
        WHERE seq = @row AND finished_at <= @newest AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.plan_id = task_plans.id)
        """;

    private const string FindExecutions = "SELECT rowid, created_at > @newest, created_at <= @newest FROM ai_provider_executions WHERE rowid > @after ORDER BY rowid LIMIT @limit";

    private const string DeleteExecution = """
        DELETE FROM ai_provider_executions
        WHERE rowid = @row AND created_at <= @newest
            AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = ai_provider_executions.task_id AND tasks.finished_at IS NULL)
        """;

    private const string FindAssignments = "SELECT id, created_at > @newest, created_at <= @newest FROM ai_provider_assignments WHERE id > @after ORDER BY id LIMIT @limit";

    private const string DeleteAssignment = """
        DELETE FROM ai_provider_assignments
        WHERE id = @row AND created_at <= @newest
            AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = ai_provider_assignments.task_id AND tasks.finished_at IS NULL)
        """;

    public async ValueTask<RetentionResult> ApplyAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ages = new TaskAges(Before(now, policy.Completed), Before(now, policy.Cancelled), Before(now, policy.Discarded));
        var tasks = await DeleteAsync(FindTasks, new SqliteTaskRetention(database, ages).DeleteAsync, ages, ages.Newest, cancellationToken).ConfigureAwait(false);
        var plans = await DeleteAsync(FindPlans, DeletePlan, ages.Newest, cancellationToken).ConfigureAwait(false);
        var keys = await new SqliteKeyRetention(database).ApplyAsync(now, cancellationToken).ConfigureAwait(false);
        await new SqliteGroupRetention(database).ApplyAsync(now, cancellationToken).ConfigureAwait(false);
        var executions = 0L;
        if (Before(now, policy.Executions) is { } oldest)
        {
            executions += await DeleteAsync(FindExecutions, DeleteExecution, oldest, cancellationToken).ConfigureAwait(false);
            executions += await DeleteAsync(FindAssignments, DeleteAssignment, oldest, cancellationToken).ConfigureAwait(false);
        }

        var result = new RetentionResult { Tasks = tasks, Plans = plans, Keys = keys, Executions = executions };
        result = await new SqliteRoutingRetention(database).ApplyAsync(policy, now, result, cancellationToken).ConfigureAwait(false);
        return await new SqliteContainerRetention(database).ApplyAsync(policy.Containers, now, result, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<long> DeleteAsync(string find, string delete, long? newest, CancellationToken cancellationToken) => DeleteAsync(
        find,
        (rows, cancel) => database.WriteAsync(
            connection => rows.Sum(row => (long)connection.Statement(delete).Set("@newest", newest).Set("@row", row).Execute()), cancel),
        null,
        newest,
        cancellationToken);

    private async ValueTask<long> DeleteAsync(
        string find, Func<long[], CancellationToken, ValueTask<long>> delete, TaskAges? ages, long? newest, CancellationToken cancellationToken)
    {
        if (newest is null)
        {
            return 0;
        }

        var deleted = 0L;
        for (var after = 0L; ;)
        {
            var page = await database.ReadAsync(
                connection => TaskAges.Set(connection.Statement(find), ages).Set("@newest", newest).Set("@after", after).Set("@limit", (long)PageRows)
                    .Query(row => (Row: row.GetInt64(0), IsYoung: row.GetBoolean(1), IsOld: row.GetBoolean(2))),
                cancellationToken).ConfigureAwait(false);

            // From the youngest on: what depends on a task mostly came after it, and has to go first.
            foreach (var rows in page.Where(row => row.IsOld).Select(row => row.Row).Reverse().Chunk(RowsATransaction))
            {
                deleted += await delete(rows, cancellationToken).ConfigureAwait(false);
                await Task.Yield();
            }

            if (page.Count < PageRows || page.TrueForAll(row => row.IsYoung))
            {
                return deleted;
            }

            after = page[^1].Row;
        }
    }

    private static long? Before(DateTimeOffset now, TimeSpan? age) => age is { } kept ? now.ToUnixTimeMilliseconds() - (long)kept.TotalMilliseconds : null;
}
