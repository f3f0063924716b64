using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;
using Orchestrator.Storage.Waits;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Which limits of its queue and its group keep a task from running right now.</summary>
internal static class SqliteLimitWaits
{
    private const string ReadQueue = "SELECT is_paused, max_running, max_running_per_group, rate_count, rate_period, rate_burst FROM task_queues WHERE queue = @queue";

    private const string ReadGroup = """
        SELECT max_running, rate_count, rate_period, rate_burst, tokens, refilled_at FROM task_groups WHERE queue = @queue AND group_key = @group
        """;

    private const string ReadRunning = """
        SELECT id, slots, group_key FROM tasks INDEXED BY tasks_lease WHERE state = 'running' AND queue = @queue ORDER BY seq
        """;

    /// <summary>Adds what there is to say.</summary>
    public static void Add(List<TaskWait> waits, SqliteConnection connection, QueuedTask task, DateTimeOffset now)
    {
        var queue = connection.Statement(ReadQueue).Set("@queue", task.Queue)
            .Single(row => new QueueLimits(row.GetBoolean(0), row.GetInt64OrNull(1), row.GetInt64OrNull(2), Rate(row, 3)));
        var running = connection.Statement(ReadRunning).Set("@queue", task.Queue)
            .Query(row => new RunningSlots(row.GetString(0), row.GetInt64(1), row.GetStringOrNull(2)));
        var group = task.Group is null ? null : connection.Statement(ReadGroup).Set("@queue", task.Queue).Set("@group", task.Group)
            .Single(row => new GroupLimits(row.GetInt64OrNull(0), Rate(row, 1), row.GetDoubleOrNull(4), row.GetInt64OrNull(5)));
        LimitReasons.Add(waits, task, queue, running, group, now);
    }

    private static TokenRate? Rate(SqliteRow row, int column) =>
        TokenRate.From(row.GetInt64OrNull(column), row.GetInt64OrNull(column + 1), row.GetInt64OrNull(column + 2));
}
