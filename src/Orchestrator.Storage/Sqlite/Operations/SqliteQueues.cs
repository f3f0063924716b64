using Microsoft.Data.Sqlite;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Queues and groups: their settings, and how many tasks they hold by the counters.</summary>
internal static class SqliteQueues
{
    private const string CountAll = "SELECT state, sum(count) FROM queue_counters GROUP BY state";

    private const string CountQueue = "SELECT state, count FROM queue_counters WHERE queue = @queue";

    private const string ReadQueues = """
        SELECT names.queue, coalesce(is_paused, 0), max_running, max_running_per_group, rate_count, rate_period, rate_burst, ageing
        FROM (SELECT queue FROM task_queues UNION SELECT queue FROM queue_counters WHERE count > 0) AS names LEFT JOIN task_queues ON task_queues.queue = names.queue
        ORDER BY names.queue
        """;

    // The first of each line: of the tasks for anybody, of those for each worker and container, of each group. However many wait, each line is one look.
    public const string ReadHeads = """
        WITH RECURSIVE
            workers (name, place) AS (
                SELECT NULL, 0
                UNION ALL
                SELECT (
                    SELECT assigned_worker FROM tasks INDEXED BY tasks_assigned
                    WHERE queue = @queue AND state = 'available' AND group_key IS NULL AND is_assigned = 1 AND assigned_worker > coalesce(workers.name, '')
                    ORDER BY assigned_worker LIMIT 1), place + 1
                FROM workers WHERE place = 0 OR name IS NOT NULL),
            containers (worker, name, place) AS (
                SELECT name, NULL, 0 FROM workers WHERE place = 0 OR name IS NOT NULL
                UNION ALL
                SELECT worker, (
                    SELECT assigned_container FROM tasks INDEXED BY tasks_assigned
                    WHERE queue = @queue AND state = 'available' AND group_key IS NULL AND is_assigned = 1
                        AND assigned_worker IS containers.worker AND assigned_container > coalesce(containers.name, '')
                    ORDER BY assigned_container LIMIT 1), place + 1
                FROM containers WHERE place = 0 OR name IS NOT NULL)
        SELECT min(available_at) FROM (
            SELECT * FROM (
                SELECT available_at FROM tasks INDEXED BY tasks_ready
                WHERE queue = @queue AND state = 'available' AND group_key IS NULL AND is_assigned = 0 ORDER BY rank, seq LIMIT 1)
            UNION ALL
            SELECT (
                SELECT available_at FROM tasks INDEXED BY tasks_assigned
                WHERE queue = @queue AND state = 'available' AND group_key IS NULL AND is_assigned = 1
                    AND assigned_worker IS containers.worker AND assigned_container IS containers.name
                ORDER BY rank, seq LIMIT 1)
            FROM containers WHERE place = 0 OR name IS NOT NULL
            UNION ALL
            SELECT (
                SELECT available_at FROM tasks INDEXED BY tasks_grouped
                WHERE queue = @queue AND state = 'available' AND group_key = task_groups.group_key ORDER BY rank, seq LIMIT 1)
            FROM task_groups INDEXED BY task_groups_active WHERE queue = @queue AND is_active = 1)
        """;

    // Without its pause, a queue that has one keeps it, and one that has no settings yet is not paused.
    private const string SetQueueLimits = """
        INSERT INTO task_queues (queue, is_paused, max_running, max_running_per_group, rate_count, rate_period, rate_burst, ageing, created_at)
        VALUES (@queue, @isPaused, @maxRunning, @maxRunningPerGroup, @rateCount, @ratePeriod, @rateBurst, @ageing, @now)
        ON CONFLICT (queue) DO UPDATE SET
            max_running = excluded.max_running, max_running_per_group = excluded.max_running_per_group,
            rate_count = excluded.rate_count, rate_period = excluded.rate_period, rate_burst = excluded.rate_burst, ageing = excluded.ageing
        """;

    private const string SetQueue = $"{SetQueueLimits}, is_paused = excluded.is_paused";

    private const string PauseQueue = """
        INSERT INTO task_queues (queue, is_paused, created_at) VALUES (@queue, @isPaused, @now)
        ON CONFLICT (queue) DO UPDATE SET is_paused = excluded.is_paused
        """;

    private const string SetGroupSettings = """
        INSERT INTO task_groups (queue, group_key, max_running, rate_count, rate_period, rate_burst, weight, created_at)
        VALUES (@queue, @group, @maxRunning, @rateCount, @ratePeriod, @rateBurst, @weight, @now)
        ON CONFLICT (queue, group_key) DO UPDATE SET
            max_running = excluded.max_running, rate_count = excluded.rate_count, rate_period = excluded.rate_period, rate_burst = excluded.rate_burst,
            weight = excluded.weight
        """;

    /// <summary>Reads counters, never counts tasks.</summary>
    public static QueueStatistics Count(SqliteConnection connection, string? queue)
    {
        var counts = new StateCounts();
        foreach (var (state, count) in (queue is null ? connection.Statement(CountAll) : connection.Statement(CountQueue).Set("@queue", queue))
            .Query(row => (row.GetString(0), row.GetInt64(1))))
        {
            counts.Add(state, count);
        }

        return counts.ToStatistics();
    }

    public static ValueList<QueueStatus> List(SqliteConnection connection) => connection.Statement(ReadQueues)
        .Query(ReadSettings)
        .Select(settings => new QueueStatus
        {
            Settings = settings,
            Statistics = Count(connection, settings.Queue),
            OldestAvailableAt = SqliteTime.ToTime(connection.Statement(ReadHeads).Set("@queue", settings.Queue).Scalar()),
        })
        .ToValueList();

    public static bool Set(SqliteConnection connection, QueueSettings settings, DateTimeOffset now) => Set(connection.Statement(SetQueue), settings, now);

    public static bool SetLimits(SqliteConnection connection, QueueSettings settings, DateTimeOffset now) =>
        Set(connection.Statement(SetQueueLimits), settings with { IsPaused = false }, now);

    public static bool Pause(SqliteConnection connection, string queue, bool isPaused, DateTimeOffset now) => connection.Statement(PauseQueue)
        .Set("@queue", queue).Set("@isPaused", isPaused).Set("@now", now.ToMilliseconds()).Execute() > 0;

    public static bool SetGroup(SqliteConnection connection, GroupSettings settings, DateTimeOffset now) => SetRate(connection.Statement(SetGroupSettings), settings.Rate)
        .Set("@queue", settings.Queue)
        .Set("@group", settings.Group)
        .Set("@maxRunning", settings.MaxRunning)
        .Set("@weight", settings.Weight)
        .Set("@now", now.ToMilliseconds())
        .Execute() > 0;

    private static bool Set(SqliteStatement statement, QueueSettings settings, DateTimeOffset now) => SetRate(statement, settings.RatePerGroup)
        .Set("@queue", settings.Queue)
        .Set("@isPaused", settings.IsPaused)
        .Set("@maxRunning", settings.MaxRunning)
        .Set("@maxRunningPerGroup", settings.MaxRunningPerGroup)
        .Set("@ageing", Milliseconds(settings.Ageing))
        .Set("@now", now.ToMilliseconds())
        .Execute() > 0;

    private static SqliteStatement SetRate(SqliteStatement statement, RateLimit? rate) => statement
        .Set("@rateCount", rate?.Count)
        .Set("@ratePeriod", Milliseconds(rate?.Period))
        .Set("@rateBurst", rate?.Burst);

    private static QueueSettings ReadSettings(SqliteRow row) => new()
    {
        Queue = row.GetString(0),
        IsPaused = row.GetBoolean(1),
        MaxRunning = (int?)row.GetInt64OrNull(2),
        MaxRunningPerGroup = (int?)row.GetInt64OrNull(3),
        RatePerGroup = row.IsDBNull(4) ? null : new RateLimit(row.GetInt32(4), TimeSpan.FromMilliseconds(row.GetInt64(5)), (int?)row.GetInt64OrNull(6)),
        Ageing = row.GetInt64OrNull(7) is { } ageing ? TimeSpan.FromMilliseconds(ageing) : null,
    };

    private static long? Milliseconds(TimeSpan? time) => (long?)time?.TotalMilliseconds;
}
