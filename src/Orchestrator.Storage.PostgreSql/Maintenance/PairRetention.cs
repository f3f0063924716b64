namespace Orchestrator.Storage.PostgreSql.Maintenance;

/// <summary>Goes through a table by a key of two columns, page by page, and deletes rows that hold nothing any more.</summary>
internal sealed class PairRetention
{
    private const int RowsATransaction = 200;

    private const string DeleteKeys = """
        WITH page AS MATERIALIZED (
            SELECT k.queue, k.deduplication_key AS name FROM {schema}.task_keys k WHERE (k.queue, k.deduplication_key) > ($1, $2)
            ORDER BY k.queue, k.deduplication_key LIMIT $3),
        free AS MATERIALIZED (
            SELECT k.queue, k.deduplication_key FROM {schema}.task_keys k JOIN page p ON p.queue = k.queue AND p.name = k.deduplication_key
            WHERE (k.expires_at IS NULL OR k.expires_at <= $4)
                AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.id = k.task_id AND strpos(k.states, ',' || t.state || ',') > 0)
            FOR UPDATE OF k SKIP LOCKED),
        deleted AS (
            DELETE FROM {schema}.task_keys k USING free f WHERE k.queue = f.queue AND k.deduplication_key = f.deduplication_key RETURNING k.queue)
        """;

    // Groups of which nothing is to be remembered: no settings, no tasks that run or could, and a full bucket; the next task of a group makes it anew. A bucket
    // without a rate means nothing, and tasks that wait for a time or for others have no part in the turns yet. A group that is getting a task right now is
    // activated by whoever adds it, who waits for the lock and then makes it anew.
    private const string DeleteGroups = """
        WITH page AS MATERIALIZED (
            SELECT g.queue, g.group_key AS name FROM {schema}.task_groups g WHERE (g.queue, g.group_key) > ($1, $2) ORDER BY g.queue, g.group_key LIMIT $3),
        free AS MATERIALIZED (
            SELECT g.queue, g.group_key FROM {schema}.task_groups g JOIN page p ON p.queue = g.queue AND p.name = g.group_key
            LEFT JOIN {schema}.task_queues q ON q.queue = g.queue
            WHERE NOT g.is_active AND g.max_running IS NULL AND g.rate_count IS NULL AND g.weight = 1
                AND (g.tokens IS NULL OR q.rate_count IS NULL
                    OR g.tokens + greatest(0, $4 - g.refilled_at) * q.rate_count::double precision / q.rate_period >= coalesce(q.rate_burst, q.rate_count))
                AND NOT EXISTS (
                    SELECT FROM {schema}.tasks t WHERE t.queue = g.queue AND t.stage = 'available' AND t.group_key = g.group_key AND t.group_key IS NOT NULL)
                AND NOT EXISTS (SELECT FROM {schema}.task_leases l WHERE l.queue = g.queue AND l.group_key = g.group_key)
            FOR UPDATE OF g SKIP LOCKED),
        deleted AS (
            DELETE FROM {schema}.task_groups g USING free f WHERE g.queue = f.queue AND g.group_key = f.group_key RETURNING g.queue)
        """;

    private const string Answer = """
        SELECT (SELECT count(*) FROM deleted), (SELECT count(*) FROM page), l.queue, l.name
        FROM (SELECT 1) one LEFT JOIN (SELECT p.queue, p.name FROM page p ORDER BY p.queue DESC, p.name DESC LIMIT 1) l ON true
        """;

    private readonly PostgreSqlDatabase _database;
    private readonly string _delete;

    private PairRetention(PostgreSqlDatabase database, string delete) => (_database, _delete) = (database, delete);

    /// <summary>Deduplication keys that nobody holds.</summary>
    public static PairRetention Keys(PostgreSqlDatabase database) => new(database, $"{DeleteKeys}\n{Answer}");

    /// <summary>Groups that are forgotten.</summary>
    public static PairRetention Groups(PostgreSqlDatabase database) => new(database, $"{DeleteGroups}\n{Answer}");

    public async ValueTask<long> ApplyAsync(long now, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        for (var (queue, name) = ("", ""); ;)
        {
            var (lastQueue, lastName) = (queue, name);
            var page = await _database.LimitedAsync(
                (session, cancel) => session.FirstAsync(
                    _delete, static row => (Deleted: row.GetInt64(0), Rows: row.GetInt64(1), Queue: row.GetStringOrNull(2), Name: row.GetStringOrNull(3)), cancel,
                    lastQueue, lastName, RowsATransaction, now),
                cancellationToken).ConfigureAwait(false);
            deleted += page.Deleted;
            if (page.Rows < RowsATransaction)
            {
                return deleted;
            }

            (queue, name) = (page.Queue!, page.Name!);
        }
    }
}
