using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;
using Orchestrator.Storage.Waits;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>Which limits of its queue and its group keep a task from running right now.</summary>
internal static class LimitWaits
{
    private const string ReadQueue = """
        SELECT is_paused, max_running, max_running_per_group, rate_count, rate_period, rate_burst FROM {schema}.task_queues WHERE queue = $1
        """;

    private const string ReadGroup = """
        SELECT max_running, rate_count, rate_period, rate_burst, tokens, refilled_at FROM {schema}.task_groups WHERE queue = $1 AND group_key = $2
        """;

    private const string ReadRunning = """
        SELECT t.id, t.slots, t.group_key FROM {schema}.tasks t
        WHERE t.seq = ANY (ARRAY(SELECT l.task_seq FROM {schema}.task_leases l WHERE l.queue = $1)) AND t.state = 'running' ORDER BY t.seq
        """;

    /// <summary>Adds what there is to say.</summary>
    public static async ValueTask AddAsync(List<TaskWait> waits, PostgreSqlSession session, QueuedTask task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var queue = await session.FirstAsync(
            ReadQueue, static row => new QueueLimits(row.GetBoolean(0), row.GetInt32OrNull(1), row.GetInt32OrNull(2), Rate(row, 3)), cancellationToken, task.Queue).ConfigureAwait(false);
        var running = await session.QueryAsync(
            ReadRunning, static row => new RunningSlots(row.GetString(0), row.GetInt32(1), row.GetStringOrNull(2)), cancellationToken, task.Queue).ConfigureAwait(false);
        var group = task.Group is null ? null : await session.FirstAsync(
            ReadGroup, static row => new GroupLimits(row.GetInt32OrNull(0), Rate(row, 1), row.GetDoubleOrNull(4), row.GetInt64OrNull(5)), cancellationToken, task.Queue, task.Group).ConfigureAwait(false);
        LimitReasons.Add(waits, task, queue, running, group, now);
    }

    private static TokenRate? Rate(NpgsqlDataReader row, int column) =>
        TokenRate.From(row.GetInt32OrNull(column), row.GetInt64OrNull(column + 1), row.GetInt32OrNull(column + 2));
}
