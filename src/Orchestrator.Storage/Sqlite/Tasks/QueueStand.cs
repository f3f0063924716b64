using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>A queue's settings, and what there is to do in it, by one look that reads a few index entries.</summary>
/// <param name="IsPaused">Whether nothing may be leased.</param>
/// <param name="MaxRunning">How many slots its running tasks may take.</param>
/// <param name="MaxRunningPerGroup">How many those of one group may take.</param>
/// <param name="RatePerGroup">How many of one group may be started in a time.</param>
/// <param name="IsAnyDue">Whether the time of a waiting task has come.</param>
/// <param name="IsAnyClosed">Whether the window of a waiting task has closed.</param>
/// <param name="HasGroups">Whether groups have, or lately had, available tasks.</param>
/// <param name="HasAssigned">Whether tasks are available that only certain workers may take.</param>
internal sealed record QueueStand(
    bool IsPaused, long? MaxRunning, long? MaxRunningPerGroup, TokenRate? RatePerGroup, bool IsAnyDue, bool IsAnyClosed, bool HasGroups, bool HasAssigned)
{
    /// <summary>Finds it all.</summary>
    public const string Find = """
        SELECT task_queues.is_paused, task_queues.max_running, task_queues.max_running_per_group,
            task_queues.rate_count, task_queues.rate_period, task_queues.rate_burst,
            EXISTS (SELECT 1 FROM tasks INDEXED BY tasks_due WHERE queue = @Queue AND state IN ('scheduled', 'retryable') AND available_at <= @Now),
            EXISTS (
                SELECT 1 FROM tasks INDEXED BY tasks_closing
                WHERE queue = @Queue AND closes_at IS NOT NULL AND closes_at <= @Now AND state IN ('available', 'scheduled', 'retryable')),
            EXISTS (SELECT 1 FROM task_groups INDEXED BY task_groups_active WHERE queue = @Queue AND is_active = 1),
            EXISTS (SELECT 1 FROM tasks INDEXED BY tasks_assigned WHERE queue = @Queue AND state = 'available' AND group_key IS NULL AND is_assigned = 1)
        FROM (SELECT 1) LEFT JOIN task_queues ON task_queues.queue = @Queue
        """;

    public static QueueStand Of(SqliteConnection connection, string queue, long now) => connection.Statement(Find).Set("@Queue", queue).Set("@Now", now).Single(Read)!;

    private static QueueStand Read(SqliteRow row) => new(
        row.GetBoolean(0),
        row.GetInt64OrNull(1),
        row.GetInt64OrNull(2),
        TokenRate.From(row.GetInt64OrNull(3), row.GetInt64OrNull(4), row.GetInt64OrNull(5)),
        row.GetBoolean(6),
        row.GetBoolean(7),
        row.GetBoolean(8),
        row.GetBoolean(9));
}
