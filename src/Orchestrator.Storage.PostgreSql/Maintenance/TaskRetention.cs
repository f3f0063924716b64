namespace Orchestrator.Storage.PostgreSql.Maintenance;

/// <summary>Deletes tasks that are old, after the lines of their logs, of which there may be thousands.</summary>
/// <param name="database">The database.</param>
/// <param name="ages">Tasks that were completed, cancelled, discarded at or before these times are old; <see langword="null"/> for what is kept for ever.</param>
internal sealed class TaskRetention(PostgreSqlDatabase database, object?[] ages)
{
    private const int LinesATransaction = 5_000;

    // Of a list, dependents and what they depend on may go together, but only those after which nothing is left that may need them: a retry may have come in
    // between, what belongs to a plan that goes on stays, and a task is retried with the results of those it depends on.
    private const string MayGo = """
        ((t.state = 'completed' AND t.finished_at <= $2::bigint) OR (t.state = 'cancelled' AND t.finished_at <= $3::bigint)
            OR (t.state = 'discarded' AND t.finished_at <= $4::bigint))
        AND NOT EXISTS (SELECT FROM {schema}.task_plans p WHERE p.id = t.plan_id AND p.finished_at IS NULL)
        AND NOT EXISTS (
            SELECT FROM {schema}.task_dependencies d JOIN {schema}.tasks n ON n.seq = d.task_seq WHERE d.depends_on_seq = t.seq AND n.state <> 'completed')
        """;

    private const string DeleteLines = $$"""
        DELETE FROM {schema}.task_log_lines l WHERE l.id = ANY (ARRAY(
            SELECT o.id FROM unnest($1::bigint[]) AS r (seq) CROSS JOIN LATERAL (
                SELECT x.id FROM {schema}.task_log_lines x WHERE x.task_seq = r.seq AND EXISTS (SELECT FROM {schema}.tasks t WHERE t.seq = r.seq AND {{MayGo}})
                ORDER BY x.id LIMIT $5) o
            LIMIT $5))
        """;

    private const string DeleteTasks = $$"""
        DELETE FROM {schema}.tasks d WHERE d.seq = ANY (ARRAY(
            SELECT t.seq FROM {schema}.tasks t WHERE t.seq = ANY ($1::bigint[]) AND {{MayGo}} FOR UPDATE OF t SKIP LOCKED))
        """;

    /// <summary>Deletes those of the tasks that may go.</summary>
    /// <param name="rows">The tasks, the youngest first.</param>
    /// <param name="cancellationToken">Gives up between transactions.</param>
    public async ValueTask<long> DeleteAsync(long[] rows, CancellationToken cancellationToken)
    {
        while (await database.LimitedAsync(
            (session, cancel) => session.ExecuteAsync(DeleteLines, cancel, [rows, .. ages, LinesATransaction]), cancellationToken).ConfigureAwait(false) == LinesATransaction)
        {
        }

        // Tasks of a chain go one round after the other, as long as any goes.
        var deleted = 0L;
        for (var count = -1; count != 0;)
        {
            count = await database.LimitedAsync((session, cancel) => session.ExecuteAsync(DeleteTasks, cancel, [rows, .. ages]), cancellationToken).ConfigureAwait(false);
            deleted += count;
            if (deleted == rows.Length)
            {
                break;
            }
        }

        return deleted;
    }
}
