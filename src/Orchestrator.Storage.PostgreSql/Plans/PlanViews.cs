using Npgsql;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.PostgreSql.Plans;

/// <summary>Plans as they stand.</summary>
internal static class PlanViews
{
    private const string ReadPlan = "SELECT id, title, created_at, finished_at FROM {schema}.task_plans WHERE id = $1";

    private const string ReadPlans = "SELECT id, title, created_at, finished_at FROM {schema}.task_plans ORDER BY seq DESC LIMIT $1";

    // Cancelled by somebody, or because its condition could not come true: only the first makes the plan cancelled.
    private const string ReadCounts = """
        SELECT t.plan_id, t.state, count(*), count(*) FILTER (
            WHERE t.state = 'cancelled' AND CASE WHEN b.failure LIKE '{%' THEN b.failure::jsonb ->> 'code' END IS DISTINCT FROM 'dependency_unmet')
        FROM {schema}.tasks t JOIN {schema}.task_bodies b ON b.seq = t.seq WHERE t.plan_id = ANY ($1::text[]) GROUP BY t.plan_id, t.state
        """;

    private const string ReadTasks = """
        SELECT t.seq, t.id, t.type, t.state, t.plan_condition, t.is_gate, t.is_gate AND t.is_gate_open AND t.state = 'blocked', b.failure
        FROM {schema}.tasks t JOIN {schema}.task_bodies b ON b.seq = t.seq WHERE t.plan_id = $1 ORDER BY t.seq
        """;

    private const string ReadDependencies = """
        SELECT c.seq, p.id
        FROM {schema}.tasks c JOIN {schema}.task_dependencies d ON d.task_seq = c.seq JOIN {schema}.tasks p ON p.seq = d.depends_on_seq
        WHERE c.plan_id = $1 ORDER BY c.seq, p.seq
        """;

    public static async ValueTask<PlanStatus?> GetAsync(PostgreSqlSession session, string planId, CancellationToken cancellationToken)
    {
        var plans = await session.QueryAsync(ReadPlan, ReadRow, cancellationToken, planId).ConfigureAwait(false);
        var described = await DescribeAsync(session, plans, cancellationToken).ConfigureAwait(false);
        return described.Count == 0 ? null : described[0] with { Tasks = await TasksAsync(session, planId, cancellationToken).ConfigureAwait(false) };
    }

    public static async ValueTask<ValueList<PlanStatus>> ListAsync(PostgreSqlSession session, int limit, CancellationToken cancellationToken)
    {
        var plans = await session.QueryAsync(ReadPlans, ReadRow, cancellationToken, limit).ConfigureAwait(false);
        return await DescribeAsync(session, plans, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<ValueList<PlanStatus>> DescribeAsync(PostgreSqlSession session, List<PlanRow> plans, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            ReadCounts, static row => (Plan: row.GetString(0), State: row.GetString(1), Count: row.GetInt64(2), ByHand: row.GetInt64(3)), cancellationToken,
            (object)plans.Select(plan => plan.Id).ToArray()).ConfigureAwait(false);
        var counts = rows.ToLookup(row => row.Plan, StringComparer.Ordinal);
        return plans.Select(plan =>
        {
            var sums = new StateCounts();
            foreach (var row in counts[plan.Id])
            {
                sums.Add(row.State, row.Count);
            }

            var statistics = sums.ToStatistics();
            return new PlanStatus
            {
                Id = plan.Id,
                Title = plan.Title,
                State = statistics.Unfinished > 0 ? PlanState.Running
                    : statistics.Discarded > 0 ? PlanState.Failed
                    : counts[plan.Id].Any(row => row.ByHand > 0) ? PlanState.Cancelled
                    : PlanState.Completed,
                Statistics = statistics,
                CreatedAt = SqliteTime.ToTime(plan.CreatedAt),
                FinishedAt = SqliteTime.ToTime(plan.FinishedAt),
            };
        }).ToValueList();
    }

    private static async ValueTask<ValueList<PlanTaskStatus>> TasksAsync(PostgreSqlSession session, string planId, CancellationToken cancellationToken)
    {
        var pairs = await session.QueryAsync(ReadDependencies, static row => (Seq: row.GetInt64(0), Parent: row.GetString(1)), cancellationToken, planId).ConfigureAwait(false);
        var parents = pairs.ToLookup(pair => pair.Seq, pair => pair.Parent);
        var tasks = await session.QueryAsync(
            ReadTasks,
            row => new PlanTaskStatus
            {
                TaskId = row.GetString(1),
                Type = row.GetString(2),
                State = EnumNames.Parse<QueuedTaskState>(row.GetString(3)),
                DependsOn = parents[row.GetInt64(0)].ToValueList(),
                Condition = EnumNames.Parse<PlanCondition>(row.GetStringOrNull(4)),
                IsGate = row.GetBoolean(5),
                IsOpen = row.GetBoolean(6),
                Failure = TaskRows.Failure(row.GetStringOrNull(7)),
            },
            cancellationToken,
            planId).ConfigureAwait(false);
        return tasks.ToValueList();
    }

    private static PlanRow ReadRow(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64OrNull(3));

    private sealed record PlanRow(string Id, string Title, long CreatedAt, long? FinishedAt);
}
