namespace Orchestrator.Storage.PostgreSql.Maintenance;

/// <summary>Deletes what is old of pools of containers: each transaction takes a few rows by an index and skips what others hold, until there are no more.</summary>
internal sealed class ContainerRetention(PostgreSqlDatabase database)
{
    private const int RowsATransaction = 500;

    private static readonly string[] Deletions =
    [
        """
        DELETE FROM {schema}.container_instances WHERE id IN (
            SELECT o.id FROM {schema}.container_instances o WHERE o.created_at <= $1 ORDER BY o.created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        """
        DELETE FROM {schema}.container_health_checks WHERE id IN (
            SELECT o.id FROM {schema}.container_health_checks o WHERE o.created_at <= $1 ORDER BY o.created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        """
        DELETE FROM {schema}.container_pool_requests WHERE seq IN (
            SELECT o.seq FROM {schema}.container_pool_requests o WHERE o.created_at <= $1 AND o.expires_at <= $1 ORDER BY o.created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        """
        DELETE FROM {schema}.container_pool_state s USING (
            SELECT o.pool, o.worker_name, o.key FROM {schema}.container_pool_state o WHERE o.at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) old
        WHERE s.pool = old.pool AND s.worker_name = old.worker_name AND s.key = old.key
        """,
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
                rows = await database.LimitedAsync(
                    (session, cancel) => session.ExecuteAsync(delete, cancel, newest, RowsATransaction), cancellationToken).ConfigureAwait(false);
            }
        }

        return result with { Containers = deleted };
    }
}
