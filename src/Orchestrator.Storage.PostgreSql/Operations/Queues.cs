using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>Queues and groups: their settings, and how many tasks they hold by the counters.</summary>
internal static class Queues
{
    private const string Counted = """
        (SELECT queue, state, count FROM {schema}.queue_counters UNION ALL SELECT queue, state, delta FROM {schema}.queue_counter_deltas) c
        """;

    private const string Count = $"SELECT c.state, sum(c.count)::bigint FROM {Counted} WHERE $1::text IS NULL OR c.queue = $1 GROUP BY c.state";

    private const string CountByQueue = $"SELECT c.queue, c.state, sum(c.count)::bigint FROM {Counted} GROUP BY c.queue, c.state HAVING sum(c.count) <> 0";

    private const string ReadQueues = """
        SELECT queue, is_paused, max_running, max_running_per_group, rate_count, rate_period, rate_burst, ageing FROM {schema}.task_queues
        """;

    // The first of each line: of the tasks for anybody, of those for each worker and container, of each group. However many wait, each line is one look.
    private const string ReadHeads = """
        WITH RECURSIVE lines (queue, worker, container) AS (
            SELECT q.queue, f.worker, f.container FROM unnest($1::text[]) AS q (queue) CROSS JOIN LATERAL (
                SELECT coalesce(t.assigned_worker, '') AS worker, coalesce(t.assigned_container, '') AS container FROM {schema}.tasks t
                WHERE t.queue = q.queue AND t.stage = 'available' AND t.group_key IS NULL AND t.is_assigned
                ORDER BY coalesce(t.assigned_worker, ''), coalesce(t.assigned_container, '') LIMIT 1) f
            UNION ALL
            SELECT l.queue, f.worker, f.container FROM lines l CROSS JOIN LATERAL (
                SELECT coalesce(t.assigned_worker, '') AS worker, coalesce(t.assigned_container, '') AS container FROM {schema}.tasks t
                WHERE t.queue = l.queue AND t.stage = 'available' AND t.group_key IS NULL AND t.is_assigned
                    AND (coalesce(t.assigned_worker, ''), coalesce(t.assigned_container, '')) > (l.worker, l.container)
                ORDER BY coalesce(t.assigned_worker, ''), coalesce(t.assigned_container, '') LIMIT 1) f)
        SELECT h.queue, min(h.available_at) FROM (
            SELECT q.queue, f.available_at FROM unnest($1::text[]) AS q (queue) CROSS JOIN LATERAL (
                SELECT t.available_at FROM {schema}.tasks t
                WHERE t.queue = q.queue AND t.stage = 'available' AND t.group_key IS NULL AND NOT t.is_assigned ORDER BY t.rank, t.seq LIMIT 1) f
            UNION ALL
            SELECT l.queue, f.available_at FROM lines l CROSS JOIN LATERAL (
                SELECT t.available_at FROM {schema}.tasks t
                WHERE t.queue = l.queue AND t.stage = 'available' AND t.group_key IS NULL AND t.is_assigned
                    AND coalesce(t.assigned_worker, '') = l.worker AND coalesce(t.assigned_container, '') = l.container
                ORDER BY t.rank, t.seq LIMIT 1) f
            UNION ALL
            SELECT g.queue, f.available_at FROM {schema}.task_groups g CROSS JOIN LATERAL (
                SELECT t.available_at FROM {schema}.tasks t
                WHERE t.queue = g.queue AND t.stage = 'available' AND t.group_key = g.group_key AND t.group_key IS NOT NULL ORDER BY t.rank, t.seq LIMIT 1) f
            WHERE g.queue = ANY ($1::text[]) AND g.is_active) h
        GROUP BY h.queue
        """;

    // Waits for those who lease from the queue just now, and lets others wait: what they lease by the settings before can be seen once the new ones hold.
    private const string AloneInQueue = "pg_advisory_xact_lock('{schema}.task_queues'::regclass::oid::int, hashtext($1))";

    // Without its pause, a queue that has one keeps it, and one that has no settings yet is not paused.
    private const string SetQueueLimits = $$"""
        INSERT INTO {schema}.task_queues (queue, is_paused, max_running, max_running_per_group, rate_count, rate_period, rate_burst, ageing, created_at)
        SELECT $1, $2, $3::integer, $4::integer, $5::integer, $6::bigint, $7::integer, $8::bigint, $9 FROM {{AloneInQueue}}
        ON CONFLICT (queue) DO UPDATE SET
            max_running = excluded.max_running, max_running_per_group = excluded.max_running_per_group,
            rate_count = excluded.rate_count, rate_period = excluded.rate_period, rate_burst = excluded.rate_burst, ageing = excluded.ageing
        """;

    private const string SetQueue = $"{SetQueueLimits}, is_paused = excluded.is_paused";

    private const string PauseQueue = $$"""
        INSERT INTO {schema}.task_queues (queue, is_paused, created_at) SELECT $1, $2, $3 FROM {{AloneInQueue}}
        ON CONFLICT (queue) DO UPDATE SET is_paused = excluded.is_paused
        """;

    private const string SetGroupSettings = """
        INSERT INTO {schema}.task_groups (queue, group_key, max_running, rate_count, rate_period, rate_burst, weight, created_at)
        VALUES ($1, $2, $3::integer, $4::integer, $5::bigint, $6::integer, $7, $8)
        ON CONFLICT (queue, group_key) DO UPDATE SET
            max_running = excluded.max_running, rate_count = excluded.rate_count, rate_period = excluded.rate_period, rate_burst = excluded.rate_burst,
            weight = excluded.weight
        """;

    /// <summary>Reads counters, and what is to be added to them; never counts tasks.</summary>
    public static async ValueTask<QueueStatistics> CountAsync(PostgreSqlSession session, string? queue, CancellationToken cancellationToken)
    {
        var counts = new StateCounts();
        foreach (var (state, count) in await session.QueryAsync(Count, static row => (row.GetString(0), row.GetInt64(1)), cancellationToken, queue).ConfigureAwait(false))
        {
            counts.Add(state, count);
        }

        return counts.ToStatistics();
    }

    public static async ValueTask<ValueList<QueueStatus>> ListAsync(PostgreSqlSession session, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, StateCounts>(StringComparer.Ordinal);
        foreach (var (queue, state, count) in await session.QueryAsync(
            CountByQueue, static row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), cancellationToken).ConfigureAwait(false))
        {
            Of(counts, queue).Add(state, count);
        }

        var settings = (await session.QueryAsync(ReadQueues, ReadSettings, cancellationToken).ConfigureAwait(false)).ToDictionary(queue => queue.Queue, StringComparer.Ordinal);
        foreach (var queue in settings.Keys)
        {
            Of(counts, queue);
        }

        var heads = (await session.QueryAsync(
            ReadHeads, static row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancellationToken, (object)counts.Keys.ToArray()).ConfigureAwait(false)).ToDictionary();
        return counts.Select(queue => new QueueStatus
        {
            Settings = settings.GetValueOrDefault(queue.Key) ?? new QueueSettings { Queue = queue.Key },
            Statistics = queue.Value.ToStatistics(),
            OldestAvailableAt = heads.TryGetValue(queue.Key, out var head) ? SqliteTime.ToTime(head) : null,
        }).ToValueList();
    }

    public static ValueTask<int> SetAsync(PostgreSqlSession session, QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken) =>
        SetAsync(SetQueue, session, settings, now, cancellationToken);

    public static ValueTask<int> SetLimitsAsync(PostgreSqlSession session, QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken) =>
        SetAsync(SetQueueLimits, session, settings with { IsPaused = false }, now, cancellationToken);

    private static ValueTask<int> SetAsync(string sql, PostgreSqlSession session, QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken) => session.ExecuteAsync(
        sql, cancellationToken, settings.Queue, settings.IsPaused, settings.MaxRunning, settings.MaxRunningPerGroup, settings.RatePerGroup?.Count,
        Milliseconds(settings.RatePerGroup?.Period), settings.RatePerGroup?.Burst, Milliseconds(settings.Ageing), now.ToUnixTimeMilliseconds());

    public static ValueTask<int> PauseAsync(PostgreSqlSession session, string queue, bool isPaused, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PauseQueue, cancellationToken, queue, isPaused, now.ToUnixTimeMilliseconds());

    public static ValueTask<int> SetGroupAsync(PostgreSqlSession session, GroupSettings settings, DateTimeOffset now, CancellationToken cancellationToken) => session.ExecuteAsync(
        SetGroupSettings, cancellationToken, settings.Queue, settings.Group, settings.MaxRunning, settings.Rate?.Count, Milliseconds(settings.Rate?.Period), settings.Rate?.Burst,
        settings.Weight, now.ToUnixTimeMilliseconds());

    private static RateLimit? Rate(NpgsqlDataReader row, int column) => row.IsDBNull(column)
        ? null
        : new RateLimit(row.GetInt32(column), TimeSpan.FromMilliseconds(row.GetInt64(column + 1)), row.GetInt32OrNull(column + 2));

    private static StateCounts Of(SortedDictionary<string, StateCounts> counts, string queue)
    {
        if (!counts.TryGetValue(queue, out var found))
        {
            counts.Add(queue, found = new StateCounts());
        }

        return found;
    }

    private static QueueSettings ReadSettings(NpgsqlDataReader row) => new()
    {
        Queue = row.GetString(0),
        IsPaused = row.GetBoolean(1),
        MaxRunning = row.GetInt32OrNull(2),
        MaxRunningPerGroup = row.GetInt32OrNull(3),
        RatePerGroup = Rate(row, 4),
        Ageing = row.GetInt64OrNull(7) is { } ageing ? TimeSpan.FromMilliseconds(ageing) : null,
    };

    private static long? Milliseconds(TimeSpan? time) => (long?)time?.TotalMilliseconds;
}
