namespace Orchestrator.Storage.PostgreSql.Maintenance;

/// <summary>Looks for rows that do not fit together and for indexes that the server does not trust. Damage of pages the server finds itself, when its checksums are on.</summary>
internal static class SchemaCheck
{
    private const int Most = 200;

    private static readonly (string Problem, string Sql)[] Looks =
    [
        ("index {0} is not valid: rebuild it with REINDEX INDEX", """
            SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND NOT (i.indisvalid AND i.indisready)
            """),
        ("trigger {0} is switched off: changes of state are not recorded", """
            SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND NOT t.tgisinternal AND t.tgenabled = 'D'
            """),
        ("row {0} of tasks has no row in task_bodies", "SELECT t.seq::text FROM {schema}.tasks t WHERE $1 <> '' AND NOT EXISTS (SELECT FROM {schema}.task_bodies b WHERE b.seq = t.seq) LIMIT 100"),
        ("row {0} of task_bodies belongs to no row of tasks", "SELECT b.seq::text FROM {schema}.task_bodies b WHERE $1 <> '' AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.seq = b.seq) LIMIT 100"),
        ("row {0} of task_dependencies refers to a row of tasks that does not exist", """
            SELECT d.task_seq::text FROM {schema}.task_dependencies d
            WHERE $1 <> '' AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.seq = d.task_seq) LIMIT 100
            """),
        ("row {0} of tasks runs without a row in task_leases", """
            SELECT t.seq::text FROM {schema}.tasks t
            WHERE $1 <> '' AND t.state = 'running' AND NOT EXISTS (SELECT FROM {schema}.task_leases l WHERE l.task_seq = t.seq) LIMIT 100
            """),
        ("row {0} of task_leases belongs to no task that runs", """
            SELECT l.task_seq::text FROM {schema}.task_leases l
            WHERE $1 <> '' AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.seq = l.task_seq AND t.state = 'running') LIMIT 100
            """),
        ("queue_counters does not agree with tasks: {0}", """
            SELECT coalesce(c.queue, t.queue) || ' ' || coalesce(c.state, t.state)
            FROM (SELECT x.queue, x.state, sum(x.count) AS count
                FROM (SELECT queue, state, count FROM {schema}.queue_counters UNION ALL SELECT queue, state, delta FROM {schema}.queue_counter_deltas) x
                GROUP BY x.queue, x.state HAVING sum(x.count) <> 0) c
            FULL JOIN (SELECT queue, state, count(*) AS count FROM {schema}.tasks GROUP BY queue, state) t ON t.queue = c.queue AND t.state = c.state
            WHERE $1 <> '' AND coalesce(c.count, 0) <> coalesce(t.count, 0) LIMIT 100
            """),
    ];

    public static async ValueTask<StorageCheck> RunAsync(PostgreSqlDatabase database, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var (problem, sql) in Looks)
        {
            var rows = await database.TransactAsync(
                async (session, cancel) =>
                {
                    await database.LimitAsync(session, cancel).ConfigureAwait(false);
                    return await session.QueryAsync(sql, static row => row.GetString(0), cancel, database.Schema).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            problems.AddRange(rows.Select(row => string.Format(System.Globalization.CultureInfo.InvariantCulture, problem, row)));
        }

        return new StorageCheck { Problems = problems.Take(Most).ToValueList() };
    }
}
