using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Operations;
using Orchestrator.Storage.Sqlite.Tasks;

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

    private const string ReadRunning = "SELECT t.id, t.slots, t.group_key FROM {schema}.tasks t WHERE t.state = 'running' AND t.queue = $1 ORDER BY t.seq";

    /// <summary>Adds what there is to say.</summary>
    public static async ValueTask AddAsync(List<TaskWait> waits, PostgreSqlSession session, QueuedTask task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var queue = await session.FirstAsync(
            ReadQueue, static row => new QueueLimits(row.GetBoolean(0), row.GetInt32OrNull(1), row.GetInt32OrNull(2), Rate(row, 3)), cancellationToken, task.Queue).ConfigureAwait(false)
            ?? new QueueLimits(false, null, null, null);
        if (queue.IsPaused)
        {
            waits.Add(new TaskWait(TaskWaitReason.QueuePaused, $"Queue '{task.Queue}' is paused."));
        }

        var running = await session.QueryAsync(
            ReadRunning, static row => new RunningTask(row.GetString(0), row.GetInt32(1), row.GetStringOrNull(2)), cancellationToken, task.Queue).ConfigureAwait(false);
        AddSlots(waits, TaskWaitReason.QueueLimit, $"Queue '{task.Queue}'", queue.MaxRunning, running, task.Slots);
        if (task.Group is not { } name)
        {
            return;
        }

        var group = await session.FirstAsync(
            ReadGroup, static row => new GroupLimits(row.GetInt32OrNull(0), Rate(row, 1), row.GetDoubleOrNull(4), row.GetInt64OrNull(5)), cancellationToken, task.Queue, name).ConfigureAwait(false)
            ?? new GroupLimits(null, null, null, null);
        AddSlots(waits, TaskWaitReason.GroupLimit, $"Group '{name}'", group.MaxRunning ?? queue.MaxRunningPerGroup, [.. running.Where(other => other.Group == name)], task.Slots);
        AddRate(waits, name, group.Rate ?? queue.RatePerGroup, group, now.ToUnixTimeMilliseconds());
    }

    private static void AddSlots(List<TaskWait> waits, TaskWaitReason reason, string whose, long? limit, List<RunningTask> running, int needed)
    {
        var taken = running.Sum(task => task.Slots);
        if (limit is null || taken + needed <= limit)
        {
            return;
        }

        var tasks = running.Count == 0 ? "" : $" (tasks {TaskNames.Join([.. running.Select(task => task.Id)])})";
        var more = needed == 1 ? "" : $"; the task needs {needed}";
        waits.Add(new TaskWait(reason, $"{whose} runs {taken} of {limit} slots{tasks}{more}."));
    }

    private static void AddRate(List<TaskWait> waits, string name, TokenRate? rate, GroupLimits group, long now)
    {
        if (rate is null)
        {
            return;
        }

        var left = rate.TokensAt(group.Tokens, group.RefilledAt ?? now, now);
        if (left < TokenRate.One)
        {
            waits.Add(new TaskWait(
                TaskWaitReason.GroupRate,
                $"Group '{name}' started as many tasks as it may: {rate.Count} in {TimeSpan.FromMilliseconds(rate.Period)}.",
                SqliteTime.ToTime(now + (long)Math.Ceiling((1 - left) * rate.Period / rate.Count))));
        }
    }

    private static TokenRate? Rate(NpgsqlDataReader row, int column) =>
        TokenRate.From(row.GetInt32OrNull(column), row.GetInt64OrNull(column + 1), row.GetInt32OrNull(column + 2));

    private sealed record QueueLimits(bool IsPaused, long? MaxRunning, long? MaxRunningPerGroup, TokenRate? RatePerGroup);

    private sealed record GroupLimits(long? MaxRunning, TokenRate? Rate, double? Tokens, long? RefilledAt);

    private sealed record RunningTask(string Id, long Slots, string? Group);
}
