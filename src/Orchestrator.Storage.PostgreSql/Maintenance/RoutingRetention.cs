namespace Orchestrator.Storage.PostgreSql.Maintenance;

/// <summary>Deletes what the router left behind: each transaction takes a few rows by an index and skips what others hold, until there are no more.</summary>
internal sealed class RoutingRetention(PostgreSqlDatabase database)
{
    private const int RowsATransaction = 200;

    // Something may come late: a settlement that is told again must find that it was booked.
    private static readonly TimeSpan ReservationsAtLeast = TimeSpan.FromDays(1);

    // A task that is not over may still be explained and replayed.
    private const string DeleteDecisions = """
        WITH gone AS (
            DELETE FROM {schema}.ai_routing_decisions WHERE seq IN (
                SELECT d.seq FROM {schema}.ai_routing_decisions d
                WHERE d.created_at <= $1 AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.id = d.task_id AND t.finished_at IS NULL)
                ORDER BY d.created_at, d.seq LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING id),
        outcomes AS (DELETE FROM {schema}.ai_routing_outcomes o USING gone WHERE o.decision_id = gone.id)
        SELECT count(*) FROM gone
        """;

    private const string DeleteLooseOutcomes = """
        WITH gone AS (
            DELETE FROM {schema}.ai_routing_outcomes WHERE id IN (
                SELECT o.id FROM {schema}.ai_routing_outcomes o
                WHERE o.created_at <= $1 AND NOT EXISTS (SELECT FROM {schema}.ai_routing_decisions d WHERE d.id = o.decision_id)
                ORDER BY o.created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING id)
        SELECT count(*) FROM gone
        """;

    // The newest ones stay although nothing was decided by them lately: a process may still do so, and it saves each only once.
    private const string DeleteSnapshots = """
        WITH gone AS (
            DELETE FROM {schema}.ai_routing_snapshots WHERE digest IN (
                SELECT s.digest FROM {schema}.ai_routing_snapshots s
                WHERE s.used_at <= $1 AND NOT EXISTS (SELECT FROM {schema}.ai_routing_decisions d WHERE d.snapshot_digest = s.digest)
                    AND s.digest NOT IN (SELECT n.digest FROM {schema}.ai_routing_snapshots n ORDER BY n.used_at DESC, n.digest LIMIT 10)
                LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING digest)
        SELECT count(*) FROM gone
        """;

    private const string DeleteReservations = """
        WITH gone AS (
            DELETE FROM {schema}.ai_routing_reservations WHERE id IN (
                SELECT r.id FROM {schema}.ai_routing_reservations r
                WHERE r.expires_at <= $1 AND (r.settled_at IS NULL OR r.settled_at <= $1) ORDER BY r.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING id)
        SELECT count(*) FROM gone
        """;

    private const string DeleteState = """
        WITH gone AS (
            DELETE FROM {schema}.ai_routing_state s USING (
                SELECT o.kind, o.key FROM {schema}.ai_routing_state o WHERE o.kind NOT IN ('estimate', 'draining', 'chat.estimate', 'chat.draining') AND o.at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) old
            WHERE s.kind = old.kind AND s.key = old.key RETURNING 1)
        SELECT count(*) FROM gone
        """;

    private const string LockWindows = """
        SELECT b.id FROM {schema}.ai_routing_budgets b WHERE b.window_end <= $1 ORDER BY b.window_end LIMIT $2 FOR UPDATE SKIP LOCKED
        """;

    private const string LockWindowsOfTasks = """
        SELECT b.id FROM {schema}.ai_routing_budgets b
        WHERE b.is_of_task AND b.used_at <= $1
            AND NOT EXISTS (SELECT FROM {schema}.ai_routing_claims c WHERE c.budget_id = b.id AND c.expires_at > $1)
        ORDER BY b.used_at LIMIT $2 FOR UPDATE SKIP LOCKED
        """;

    // A statement of its own, after the locks: it sees what was reserved before them.
    private const string DeleteWindows = """
        DELETE FROM {schema}.ai_routing_budgets b
        WHERE b.id = ANY ($1::bigint[])
            AND (b.window_end <= $2 OR NOT EXISTS (SELECT FROM {schema}.ai_routing_claims c WHERE c.budget_id = b.id AND c.expires_at > $2))
        """;

    public async ValueTask<RetentionResult> ApplyAsync(RetentionPolicy policy, DateTimeOffset now, RetentionResult result, CancellationToken cancellationToken)
    {
        if (policy.RoutingDecisions is { } decisions)
        {
            var newest = Before(now, decisions);
            var deleted = await DeleteAsync(DeleteDecisions, newest, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(DeleteLooseOutcomes, newest, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(DeleteSnapshots, newest, cancellationToken).ConfigureAwait(false);
            result = result with { RoutingDecisions = deleted };
        }

        if (policy.RoutingBudgets is { } budgets)
        {
            var newest = Before(now, budgets);
            var oldest = Before(now, budgets > ReservationsAtLeast ? budgets : ReservationsAtLeast);
            var deleted = await DeleteAsync(DeleteReservations, oldest, cancellationToken).ConfigureAwait(false);
            deleted += await DeleteWindowsAsync(LockWindows, newest, cancellationToken).ConfigureAwait(false);
            deleted += await DeleteWindowsAsync(LockWindowsOfTasks, newest, cancellationToken).ConfigureAwait(false);
            result = result with { RoutingBudgets = deleted };
        }

        return policy.RoutingState is { } state
            ? result with { RoutingState = await DeleteAsync(DeleteState, Before(now, state), cancellationToken).ConfigureAwait(false) }
            : result;
    }

    private ValueTask<long> DeleteAsync(string delete, long newest, CancellationToken cancellationToken) => RepeatAsync(
        async (session, cancel) =>
        {
            var rows = await session.NumberAsync(delete, cancel, newest, RowsATransaction).ConfigureAwait(false) ?? 0;
            return rows;
        },
        cancellationToken);

    private ValueTask<long> DeleteWindowsAsync(string find, long newest, CancellationToken cancellationToken) => RepeatAsync(
        async (session, cancel) =>
        {
            var rows = await session.QueryAsync(find, static row => row.GetInt64(0), cancel, newest, RowsATransaction).ConfigureAwait(false);
            var deleted = rows.Count == 0 ? 0L : await session.ExecuteAsync(DeleteWindows, cancel, rows.ToArray(), newest).ConfigureAwait(false);
            return deleted;
        },
        cancellationToken);

    // Until less than a transaction's worth was found: whatever others hold is deleted next time.
    private async ValueTask<long> RepeatAsync(
        Func<PostgreSqlSession, CancellationToken, ValueTask<long>> delete, CancellationToken cancellationToken)
    {
        for (var deleted = 0L; ;)
        {
            var rows = await database.LimitedAsync(delete, cancellationToken).ConfigureAwait(false);
            deleted += rows;
            if (rows < RowsATransaction)
            {
                return deleted;
            }
        }
    }

    private static long Before(DateTimeOffset now, TimeSpan age) => now.ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds;
}
