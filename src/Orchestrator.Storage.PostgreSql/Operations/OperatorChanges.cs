using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>What an operator does to one task.</summary>
internal static class OperatorChanges
{
    private const string Find = "SELECT seq, state, plan_id, queue FROM {schema}.tasks WHERE id = $1";

    private const string CancelRunning = "UPDATE {schema}.tasks SET cancel_requested = true WHERE id = $1 AND state = 'running' RETURNING seq";

    private const string CancelWaiting = """
        UPDATE {schema}.tasks SET state = 'cancelled', finished_at = $2, changed_at = $2
        WHERE id = $1 AND state IN ('scheduled', 'available', 'retryable', 'blocked') RETURNING seq
        """;

    /// <summary>Whoever changes tasks of a plan that wait locks the plan first.</summary>
    public const string LockPlans = "SELECT id FROM {schema}.task_plans WHERE id = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE";

    /// <summary>Moves what depends on tasks that ended; tells the queues that have more to do.</summary>
    public const string Advance = "SELECT {schema}.advance_plans($1::bigint[], $2::bigint[], $3)";

    private const string ReleaseRunning = """
        UPDATE {schema}.tasks t SET release_requested = true
        FROM (
            SELECT r.seq FROM {schema}.tasks r
            WHERE r.seq = ANY (ARRAY(SELECT l.task_seq FROM {schema}.task_leases l WHERE l.queue = $1)) AND r.state = 'running' AND NOT r.release_requested
            FOR NO KEY UPDATE SKIP LOCKED) r
        WHERE t.seq = r.seq
        """;

    private const string AnyUnreleased = """
        SELECT EXISTS (
            SELECT FROM {schema}.tasks t
            WHERE t.seq = ANY (ARRAY(SELECT l.task_seq FROM {schema}.task_leases l WHERE l.queue = $1)) AND t.state = 'running' AND NOT t.release_requested)
        """;

    private const string SetPriority = """
        UPDATE {schema}.tasks SET priority = $2, rank = available_at - $2 * ageing
        WHERE id = $1 AND state NOT IN ('completed', 'cancelled', 'discarded') RETURNING seq
        """;

    private const string FindEnded = "SELECT seq FROM {schema}.tasks WHERE id = $1 AND state IN ('completed', 'cancelled', 'discarded') FOR UPDATE";

    // What has not completed may run, or be retried, with the results of those it depends on.
    private const string AnyDependent = """
        SELECT EXISTS (
            SELECT FROM {schema}.task_dependencies d JOIN {schema}.tasks t ON t.seq = d.task_seq WHERE d.depends_on_seq = $1 AND t.state <> 'completed')
        """;

    private const string DeleteKey = """
        DELETE FROM {schema}.task_keys k USING {schema}.tasks t
        WHERE t.seq = $1 AND k.queue = t.queue AND k.deduplication_key = t.deduplication_key AND k.task_id = t.id AND k.expires_at IS NULL
        """;

    private const string DeleteDependencies = "DELETE FROM {schema}.task_dependencies WHERE depends_on_seq = $1";

    private const string DeleteTask = "DELETE FROM {schema}.tasks WHERE seq = $1";

    // A task that runs is locked before its plan, one that waits after it. Which of the two it is may change between the look and the lock: then look again.
    public static async ValueTask<TaskChangeStatus> CancelAsync(PostgreSqlDatabase database, string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await database.RunAsync((session, cancel) => session.FirstAsync(
                Find, static row => new Found(row.GetInt64(0), row.GetString(1), row.GetStringOrNull(2), row.GetString(3)), cancel, taskId), cancellationToken).ConfigureAwait(false);
            switch (found?.State)
            {
                case null:
                    return TaskChangeStatus.NotFound;
                case "completed" or "cancelled" or "discarded":
                    return TaskChangeStatus.WrongState;
                case "running":
                    if (await database.RunAsync((session, cancel) => session.NumberAsync(CancelRunning, cancel, taskId), cancellationToken).ConfigureAwait(false) is not null)
                    {
                        database.Announcer.Announce(found.Queue);
                        return TaskChangeStatus.Requested;
                    }

                    break;
                default:
                    if (await database.TransactAsync((session, cancel) => CancelAsync(session, taskId, found.Plan, now, cancel), cancellationToken).ConfigureAwait(false) is { } queues)
                    {
                        await Tasks.TaskWindows.FollowAsync(database, queues, queues, now, cancellationToken).ConfigureAwait(false);
                        return TaskChangeStatus.Changed;
                    }

                    break;
            }
        }
    }

    public static async ValueTask<int> RequestReleaseAsync(PostgreSqlDatabase database, string queue, CancellationToken cancellationToken)
    {
        for (var (round, asked) = (1, 0); ; round++)
        {
            asked += await database.RunAsync((session, cancel) => session.ExecuteAsync(ReleaseRunning, cancel, queue), cancellationToken).ConfigureAwait(false);
            if (!await database.RunAsync((session, cancel) => session.TestAsync(AnyUnreleased, cancel, queue), cancellationToken).ConfigureAwait(false))
            {
                return asked;
            }

            await database.PauseAsync(Math.Min(round, 4), cancellationToken).ConfigureAwait(false);
        }
    }

    public static async ValueTask<TaskChangeStatus> ReprioritizeAsync(PostgreSqlSession session, string taskId, int priority, CancellationToken cancellationToken) =>
        await session.NumberAsync(SetPriority, cancellationToken, taskId, priority).ConfigureAwait(false) is not null ? TaskChangeStatus.Changed
        : await IsThereAsync(session, taskId, cancellationToken).ConfigureAwait(false) ? TaskChangeStatus.WrongState
        : TaskChangeStatus.NotFound;

    public static async ValueTask<TaskChangeStatus> DeleteAsync(PostgreSqlSession session, string taskId, CancellationToken cancellationToken)
    {
        if (await session.NumberAsync(FindEnded, cancellationToken, taskId).ConfigureAwait(false) is not { } seq)
        {
            return await IsThereAsync(session, taskId, cancellationToken).ConfigureAwait(false) ? TaskChangeStatus.WrongState : TaskChangeStatus.NotFound;
        }

        if (await session.TestAsync(AnyDependent, cancellationToken, seq).ConfigureAwait(false))
        {
            return TaskChangeStatus.WrongState;
        }

        await session.ExecuteAsync(DeleteDependencies, cancellationToken, seq).ConfigureAwait(false);
        await session.ExecuteAsync(DeleteKey, cancellationToken, seq).ConfigureAwait(false);
        await session.ExecuteAsync(DeleteTask, cancellationToken, seq).ConfigureAwait(false);
        return TaskChangeStatus.Changed;
    }

    private static async ValueTask<string[]?> CancelAsync(PostgreSqlSession session, string taskId, string? plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (plan is not null)
        {
            await session.ExecuteAsync(LockPlans, cancellationToken, (object)new[] { plan }).ConfigureAwait(false);
        }

        return await session.NumberAsync(CancelWaiting, cancellationToken, taskId, at).ConfigureAwait(false) is not { } seq ? null
            : plan is null ? []
            : await session.FirstAsync(Advance, static row => row.GetFieldValue<string[]>(0), cancellationToken, new[] { seq }, null, at).ConfigureAwait(false);
    }

    private static async ValueTask<bool> IsThereAsync(PostgreSqlSession session, string taskId, CancellationToken cancellationToken) =>
        await session.FirstAsync(Find, static row => row.GetString(1), cancellationToken, taskId).ConfigureAwait(false) is not null;

    private sealed record Found(long Seq, string State, string? Plan, string Queue);
}
