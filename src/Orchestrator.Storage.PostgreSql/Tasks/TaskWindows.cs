using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Moves tasks whose window closed before they were started to the next opening, and finds the window of those that wait for another attempt.</summary>
internal static class TaskWindows
{
    private const int BatchSize = 500;

    private const string FindTasks = """
        SELECT t.seq, t.state, t.time_window, t.available_at FROM {schema}.tasks t
        WHERE t.queue = $1 AND t.closes_at IS NOT NULL AND t.closes_at <= $2 AND t.stage IN ('available', 'scheduled', 'retryable')
        ORDER BY t.closes_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
        """;

    private const string MoveTasks = """
        UPDATE {schema}.tasks t
        SET state = n.state, available_at = n.available_at, closes_at = n.closes_at, rank = n.available_at - t.priority * t.ageing,
            changed_at = CASE WHEN t.state = n.state THEN t.changed_at ELSE $5 END
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) AS n (seq, state, available_at, closes_at)
        WHERE t.seq = n.seq
        """;

    /// <summary>Does what is left to do after a write: finds the windows of tasks that wait again, and tells other processes of new work.</summary>
    public static async ValueTask FollowAsync(
        PostgreSqlDatabase database, IEnumerable<string> queues, IEnumerable<string> windows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var queue in windows)
            {
                await MoveAsync(database, queue, now, promotes: false, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            database.Announcer.Announce(queues);
        }
    }

    /// <summary>Moves the tasks of a queue; those that are due and whose window is open become available when it promotes.</summary>
    public static async ValueTask MoveAsync(PostgreSqlDatabase database, string queue, DateTimeOffset now, bool promotes, CancellationToken cancellationToken)
    {
        while (await database.TransactAsync((session, cancel) => MoveBatchAsync(session, queue, now, promotes, cancel), cancellationToken).ConfigureAwait(false) == BatchSize)
        {
        }
    }

    private static async ValueTask<int> MoveBatchAsync(PostgreSqlSession session, string queue, DateTimeOffset now, bool promotes, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        var found = await session.QueryAsync(
            FindTasks, static row => (Seq: row.GetInt64(0), State: row.GetString(1), Window: row.GetStringOrNull(2), AvailableAt: row.GetInt64(3)), cancellationToken,
            queue, at, BatchSize).ConfigureAwait(false);
        if (found.Count > 0)
        {
            // A time that has come stays as it is while the window is open: it tells how long the task has waited.
            var moved = found.ConvertAll(task =>
            {
                var times = TaskTimes.From(task.Window, SqliteTime.ToTime(Math.Max(task.AvailableAt, at)));
                return times.AvailableAt <= at
                    ? (task.Seq, State: promotes ? "available" : task.State, task.AvailableAt, times.ClosesAt)
                    : (task.Seq, State: task.State == "available" ? "scheduled" : task.State, times.AvailableAt, times.ClosesAt);
            });
            await session.ExecuteAsync(
                MoveTasks, cancellationToken, moved.Select(task => task.Seq).ToArray(), moved.Select(task => task.State).ToArray(),
                moved.Select(task => task.AvailableAt).ToArray(), moved.Select(task => task.ClosesAt).ToArray(), at).ConfigureAwait(false);
        }

        return found.Count;
    }
}
