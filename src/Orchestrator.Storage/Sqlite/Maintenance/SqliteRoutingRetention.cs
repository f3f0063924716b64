namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Deletes what the router left behind: each statement takes a few rows by an index, until there are no more. Nothing is read through.</summary>
internal sealed class SqliteRoutingRetention(SqliteDatabase database)
{
    private const int RowsATransaction = 100;

    // Something may come late: a settlement that is told again must find that it was booked.
    private static readonly TimeSpan ReservationsAtLeast = TimeSpan.FromDays(1);

    // A task that is not over may still be explained and replayed.
    private const string MayGo = "NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = ai_routing_decisions.task_id AND tasks.finished_at IS NULL)";

    private const string DeleteOutcomes = $"""
        DELETE FROM ai_routing_outcomes
        WHERE decision_id IN (SELECT id FROM ai_routing_decisions WHERE created_at <= @newest AND {MayGo} ORDER BY created_at LIMIT @limit)
        """;

    private const string DeleteDecisions = $"""
        DELETE FROM ai_routing_decisions
        WHERE seq IN (SELECT seq FROM ai_routing_decisions WHERE created_at <= @newest AND {MayGo} ORDER BY created_at LIMIT @limit)
        """;

    private const string DeleteLooseOutcomes = """
        DELETE FROM ai_routing_outcomes WHERE id IN (
            SELECT id FROM ai_routing_outcomes
            WHERE created_at <= @newest AND NOT EXISTS (SELECT 1 FROM ai_routing_decisions WHERE ai_routing_decisions.id = ai_routing_outcomes.decision_id)
            ORDER BY created_at LIMIT @limit)
        """;

    // The newest ones stay although nothing was decided by them lately: a process may still do so, and it saves each only once.
    private const string DeleteSnapshots = """
        DELETE FROM ai_routing_snapshots WHERE digest IN (
            SELECT digest FROM ai_routing_snapshots
            WHERE used_at <= @newest AND NOT EXISTS (SELECT 1 FROM ai_routing_decisions WHERE snapshot_digest = digest)
                AND digest NOT IN (SELECT digest FROM ai_routing_snapshots ORDER BY used_at DESC, digest LIMIT 10)
            LIMIT @limit)
        """;

    private const string DeleteWindows = """
        DELETE FROM ai_routing_budgets WHERE id IN (SELECT id FROM ai_routing_budgets WHERE window_end <= @newest ORDER BY window_end LIMIT @limit)
        """;

    private const string DeleteWindowsOfTasks = """
        DELETE FROM ai_routing_budgets WHERE id IN (
            SELECT id FROM ai_routing_budgets
            WHERE is_of_task AND used_at <= @newest
                AND NOT EXISTS (SELECT 1 FROM ai_routing_claims WHERE budget_id = ai_routing_budgets.id AND expires_at > @newest)
            ORDER BY used_at LIMIT @limit)
        """;

    private const string DeleteReservations = """
        DELETE FROM ai_routing_reservations WHERE id IN (
            SELECT id FROM ai_routing_reservations WHERE expires_at <= @newest AND (settled_at IS NULL OR settled_at <= @newest) ORDER BY expires_at LIMIT @limit)
        """;

    private const string DeleteState = """
        DELETE FROM ai_routing_state WHERE (kind, key) IN (SELECT kind, key FROM ai_routing_state WHERE kind NOT IN ('estimate', 'draining', 'chat.estimate', 'chat.draining') AND at <= @newest LIMIT @limit)
        """;

    public async ValueTask<RetentionResult> ApplyAsync(RetentionPolicy policy, DateTimeOffset now, RetentionResult result, CancellationToken cancellationToken)
    {
        if (policy.RoutingDecisions is { } decisions)
        {
            var newest = Before(now, decisions);
            var deleted = await DeleteDecisionsAsync(newest, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(DeleteLooseOutcomes, newest, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(DeleteSnapshots, newest, cancellationToken).ConfigureAwait(false);
            result = result with { RoutingDecisions = deleted };
        }

        if (policy.RoutingBudgets is { } budgets)
        {
            var newest = Before(now, budgets);
            var deleted = await DeleteAsync(DeleteReservations, Before(now, budgets > ReservationsAtLeast ? budgets : ReservationsAtLeast), cancellationToken).ConfigureAwait(false);
            deleted += await DeleteAsync(DeleteWindows, newest, cancellationToken).ConfigureAwait(false);
            deleted += await DeleteAsync(DeleteWindowsOfTasks, newest, cancellationToken).ConfigureAwait(false);
            result = result with { RoutingBudgets = deleted };
        }

        return policy.RoutingState is { } state
            ? result with { RoutingState = await DeleteAsync(DeleteState, Before(now, state), cancellationToken).ConfigureAwait(false) }
            : result;
    }

    private ValueTask<long> DeleteDecisionsAsync(long newest, CancellationToken cancellationToken) => RepeatAsync(
        cancel => database.WriteAsync(
            connection =>
            {
                connection.Statement(DeleteOutcomes).Set("@newest", newest).Set("@limit", (long)RowsATransaction).Execute();
                return connection.Statement(DeleteDecisions).Set("@newest", newest).Set("@limit", (long)RowsATransaction).Execute();
            },
            cancel),
        cancellationToken);

    private ValueTask<long> DeleteAsync(string delete, long newest, CancellationToken cancellationToken) => RepeatAsync(
        cancel => database.WriteAsync(connection => connection.Statement(delete).Set("@newest", newest).Set("@limit", (long)RowsATransaction).Execute(), cancel),
        cancellationToken);

    private static async ValueTask<long> RepeatAsync(Func<CancellationToken, ValueTask<int>> delete, CancellationToken cancellationToken)
    {
        for (var deleted = 0L; ;)
        {
            var rows = await delete(cancellationToken).ConfigureAwait(false);
            deleted += rows;
            if (rows < RowsATransaction)
            {
                return deleted;
            }

            await Task.Yield();
        }
    }

    private static long Before(DateTimeOffset now, TimeSpan age) => now.ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds;
}
