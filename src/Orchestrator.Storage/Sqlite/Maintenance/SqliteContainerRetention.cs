namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Deletes what is old of pools of containers: each statement takes a few rows by an index, until there are no more.</summary>
internal sealed class SqliteContainerRetention(SqliteDatabase database)
{
    private const int RowsATransaction = 500;

    private static readonly string[] Deletions =
    [
        "DELETE FROM container_instances WHERE id IN (SELECT id FROM container_instances WHERE created_at <= @newest ORDER BY created_at LIMIT @limit)",
        "DELETE FROM container_health_checks WHERE id IN (SELECT id FROM container_health_checks WHERE created_at <= @newest ORDER BY created_at LIMIT @limit)",
        "DELETE FROM container_pool_requests WHERE seq IN (SELECT seq FROM container_pool_requests WHERE created_at <= @newest AND expires_at <= @newest ORDER BY created_at LIMIT @limit)",
        "DELETE FROM container_pool_state WHERE (pool, worker_name, key) IN (SELECT pool, worker_name, key FROM container_pool_state WHERE at <= @newest LIMIT @limit)",
    ];

    public async ValueTask<RetentionResult> ApplyAsync(TimeSpan? kept, DateTimeOffset now, RetentionResult result, CancellationToken cancellationToken)
    {
        if (kept is not { } age)
        {
            return result;
        }

        var newest = now.ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds;
        var deleted = 0L;
        foreach (var delete in Deletions)
        {
            for (var rows = RowsATransaction; rows == RowsATransaction; deleted += rows)
            {
                rows = await database.WriteAsync(
                    connection => connection.Statement(delete).Set("@newest", newest).Set("@limit", (long)RowsATransaction).Execute(), cancellationToken).ConfigureAwait(false);
                await Task.Yield();
            }
        }

        return result with { Containers = deleted };
    }
}
