namespace Orchestrator.Storage.PostgreSql.Maintenance;

/// <summary>
/// Deletes what is old: in small transactions that skip what others hold. Rows are looked at from the oldest on, page by page; a whole page of rows that are too
/// young ends the search, so that its cost follows what there is to delete, not what there is.
/// </summary>
internal sealed class Retention(PostgreSqlDatabase database)
{
    private const int PageRows = 5_000;
    private const int RowsATransaction = 200;

    private const string FindTasks = """
        SELECT t.seq, t.created_at > $3::bigint, coalesce((t.state = 'completed' AND t.finished_at <= $4::bigint) OR (t.state = 'cancelled' AND t.finished_at <= $5::bigint)
            OR (t.state = 'discarded' AND t.finished_at <= $6::bigint), false)
        FROM {schema}.tasks t WHERE t.seq > $1 ORDER BY t.seq LIMIT $2
        """;

    private const string FindPlans = """
        SELECT p.seq, p.created_at > $3::bigint, coalesce(p.finished_at <= $3, false) FROM {schema}.task_plans p WHERE p.seq > $1 ORDER BY p.seq LIMIT $2
        """;

    private const string DeletePlans = """
        DELETE FROM {schema}.task_plans p
        WHERE p.seq = ANY ($1::bigint[]) AND p.finished_at <= $2::bigint AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.plan_id = p.id)
        """;

    private const string FindExecutions = """
        SELECT e.seq, e.created_at > $3::bigint, e.created_at <= $3 FROM {schema}.ai_provider_executions e WHERE e.seq > $1 ORDER BY e.seq LIMIT $2
        """;

    private const string DeleteExecutions = """
        DELETE FROM {schema}.ai_provider_executions e
        WHERE e.seq = ANY ($1::bigint[]) AND e.created_at <= $2::bigint
            AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.id = e.task_id AND t.finished_at IS NULL)
        """;

    private const string FindAssignments = """
        SELECT a.id, a.created_at > $3::bigint, a.created_at <= $3 FROM {schema}.ai_provider_assignments a WHERE a.id > $1 ORDER BY a.id LIMIT $2
        """;

    private const string DeleteAssignments = """
        DELETE FROM {schema}.ai_provider_assignments a
        WHERE a.id = ANY ($1::bigint[]) AND a.created_at <= $2::bigint
            AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.id = a.task_id AND t.finished_at IS NULL)
        """;

    public async ValueTask<RetentionResult> ApplyAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        object?[] ages = [Before(now, policy.Completed), Before(now, policy.Cancelled), Before(now, policy.Discarded)];
        var newest = ages.Max() as long?;
        var retention = new TaskRetention(database, ages);
        var tasks = await DeleteAsync(FindTasks, retention.DeleteAsync, newest, ages, cancellationToken).ConfigureAwait(false);
        var plans = await DeleteAsync(FindPlans, DeletePlans, newest, cancellationToken).ConfigureAwait(false);
        var time = now.ToUnixTimeMilliseconds();
        var keys = await PairRetention.Keys(database).ApplyAsync(time, cancellationToken).ConfigureAwait(false);
        await PairRetention.Groups(database).ApplyAsync(time, cancellationToken).ConfigureAwait(false);
        var oldest = Before(now, policy.Executions);
        var executions = await DeleteAsync(FindExecutions, DeleteExecutions, oldest, cancellationToken).ConfigureAwait(false)
            + await DeleteAsync(FindAssignments, DeleteAssignments, oldest, cancellationToken).ConfigureAwait(false);
        var result = new RetentionResult { Tasks = tasks, Plans = plans, Keys = keys, Executions = executions };
        result = await new RoutingRetention(database).ApplyAsync(policy, now, result, cancellationToken).ConfigureAwait(false);
        return await new ContainerRetention(database).ApplyAsync(policy.Containers, now, result, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<long> DeleteAsync(string find, string delete, long? newest, CancellationToken cancellationToken) => DeleteAsync(
        find,
        async (rows, cancel) => await database.LimitedAsync((session, limited) => session.ExecuteAsync(delete, limited, rows, newest), cancel).ConfigureAwait(false),
        newest,
        [],
        cancellationToken);

    private async ValueTask<long> DeleteAsync(
        string find, Func<long[], CancellationToken, ValueTask<long>> delete, long? newest, object?[] ages, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        for (var after = 0L; newest is not null;)
        {
            var page = await database.RunAsync(
                (session, cancel) => session.QueryAsync(
                    find, static row => (Row: row.GetInt64(0), IsYoung: row.GetBoolean(1), IsOld: row.GetBoolean(2)), cancel, [after, PageRows, newest, .. ages]),
                cancellationToken).ConfigureAwait(false);

            // From the youngest on: what depends on a task mostly came after it, and has to go first.
            foreach (var rows in page.Where(row => row.IsOld).Select(row => row.Row).Reverse().Chunk(RowsATransaction))
            {
                deleted += await delete(rows, cancellationToken).ConfigureAwait(false);
            }

            if (page.Count < PageRows || page.TrueForAll(row => row.IsYoung))
            {
                break;
            }

            after = page[^1].Row;
        }

        return deleted;
    }

    private static long? Before(DateTimeOffset now, TimeSpan? age) => age is { } kept ? now.ToUnixTimeMilliseconds() - (long)kept.TotalMilliseconds : null;
}
