namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Deletes groups of which nothing is to be remembered: no settings, no tasks that run or could, and a full bucket. The next task of a group makes it anew.</summary>
internal sealed class SqliteGroupRetention(SqliteDatabase database)
{
    private const int PageRows = 2_000;
    private const int RowsATransaction = 100;

    // A bucket without a rate means nothing. Tasks that wait for a time or for others have no part in the turns yet.
    private const string IsForgotten = """
        is_active = 0 AND max_running IS NULL AND rate_count IS NULL AND weight = 1
        AND (tokens IS NULL OR NOT EXISTS (
            SELECT 1 FROM task_queues
            WHERE task_queues.queue = task_groups.queue
                AND tokens + max(0, @now - refilled_at) * 1.0 * task_queues.rate_count / task_queues.rate_period < coalesce(task_queues.rate_burst, task_queues.rate_count)))
        AND NOT EXISTS (
            SELECT 1 FROM tasks INDEXED BY tasks_grouped
            WHERE tasks.queue = task_groups.queue AND tasks.state = 'available' AND tasks.group_key = task_groups.group_key)
        AND NOT EXISTS (
            SELECT 1 FROM tasks INDEXED BY tasks_running_groups
            WHERE tasks.queue = task_groups.queue AND tasks.state = 'running' AND tasks.group_key = task_groups.group_key)
        """;

    private const string FindGroups = $"""
        SELECT queue, group_key, {IsForgotten} FROM task_groups WHERE (queue, group_key) > (@queue, @group) ORDER BY queue, group_key LIMIT @limit
        """;

    private const string DeleteGroup = $"DELETE FROM task_groups WHERE queue = @queue AND group_key = @group AND {IsForgotten}";

    public async ValueTask ApplyAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var time = now.ToUnixTimeMilliseconds();
        for (var after = (Queue: "", Group: ""); ;)
        {
            var last = after;
            var page = await database.ReadAsync(
                connection => connection.Statement(FindGroups).Set("@now", time).Set("@queue", last.Queue).Set("@group", last.Group).Set("@limit", (long)PageRows)
                    .Query(row => (Queue: row.GetString(0), Group: row.GetString(1), IsForgotten: row.GetBoolean(2))),
                cancellationToken).ConfigureAwait(false);
            foreach (var groups in page.Where(group => group.IsForgotten).Chunk(RowsATransaction))
            {
                await database.WriteAsync(
                    connection => groups.Sum(group => connection.Statement(DeleteGroup).Set("@queue", group.Queue).Set("@group", group.Group).Set("@now", time).Execute()),
                    cancellationToken).ConfigureAwait(false);
                await Task.Yield();
            }

            if (page.Count < PageRows)
            {
                return;
            }

            after = (page[^1].Queue, page[^1].Group);
        }
    }
}
