namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Deletes deduplication keys that hold nothing any more.</summary>
internal sealed class SqliteKeyRetention(SqliteDatabase database)
{
    private const int PageRows = 2_000;
    private const int RowsATransaction = 100;

    private const string FindKeys = """
        SELECT queue, deduplication_key, (expires_at IS NULL OR expires_at <= @now)
            AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = task_keys.task_id AND instr(task_keys.states, ',' || tasks.state || ',') > 0)
        FROM task_keys WHERE (queue, deduplication_key) > (@queue, @key) ORDER BY queue, deduplication_key LIMIT @limit
        """;

    private const string DeleteKey = """
        DELETE FROM task_keys
        WHERE queue = @queue AND deduplication_key = @key AND (expires_at IS NULL OR expires_at <= @now)
            AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = task_keys.task_id AND instr(task_keys.states, ',' || tasks.state || ',') > 0)
        """;

    public async ValueTask<long> ApplyAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var time = now.ToUnixTimeMilliseconds();
        var deleted = 0L;
        for (var after = (Queue: "", Key: ""); ;)
        {
            var last = after;
            var page = await database.ReadAsync(
                connection => connection.Statement(FindKeys).Set("@now", time).Set("@queue", last.Queue).Set("@key", last.Key).Set("@limit", (long)PageRows)
                    .Query(row => (Queue: row.GetString(0), Key: row.GetString(1), IsFree: row.GetBoolean(2))),
                cancellationToken).ConfigureAwait(false);
            foreach (var keys in page.Where(key => key.IsFree).Chunk(RowsATransaction))
            {
                deleted += await database.WriteAsync(
                    connection => keys.Sum(key => connection.Statement(DeleteKey).Set("@queue", key.Queue).Set("@key", key.Key).Set("@now", time).Execute()),
                    cancellationToken).ConfigureAwait(false);
                await Task.Yield();
            }

            if (page.Count < PageRows)
            {
                return deleted;
            }

            after = (page[^1].Queue, page[^1].Key);
        }
    }
}
