using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.Sqlite.Plans;

/// <summary>Plans as they stand.</summary>
internal static class SqlitePlanViews
{
    private const string PlanColumns = "id, title, created_at, finished_at";

    private const string ReadPlan = $"SELECT {PlanColumns} FROM task_plans WHERE id = @plan";

    private const string ReadPlans = $"SELECT {PlanColumns} FROM task_plans ORDER BY seq DESC LIMIT @limit";

    // Cancelled by somebody, or because its condition could not come true: only the first makes the plan cancelled.
    private const string ReadCounts = """
        SELECT state, count(*), count(CASE WHEN state = 'cancelled' THEN NOT EXISTS (
            SELECT 1 FROM task_bodies
            WHERE task_bodies.seq = tasks.seq AND CASE WHEN json_valid(failure) THEN json_extract(failure, '$.code') END = 'dependency_unmet') OR NULL END)
        FROM tasks INDEXED BY tasks_plan WHERE plan_id = @plan GROUP BY state
        """;

    private const string ReadTasks = """
        SELECT tasks.seq, id, type, state, plan_condition, is_gate, is_gate AND is_gate_open AND state = 'blocked', failure
        FROM tasks INDEXED BY tasks_plan JOIN task_bodies ON task_bodies.seq = tasks.seq WHERE plan_id = @plan ORDER BY tasks.seq
        """;

    private const string ReadDependencies = """
        SELECT child.seq, parent.id
        FROM tasks AS child INDEXED BY tasks_plan CROSS JOIN task_dependencies ON task_dependencies.task_seq = child.seq
            CROSS JOIN tasks AS parent ON parent.seq = task_dependencies.depends_on_seq
        WHERE child.plan_id = @plan ORDER BY child.seq, parent.seq
        """;

    public static PlanStatus? Get(SqliteConnection connection, string planId) =>
        connection.Statement(ReadPlan).Set("@plan", planId).Single(ReadRow) is { } plan ? Describe(connection, plan) with { Tasks = Tasks(connection, planId) } : null;

    public static ValueList<PlanStatus> List(SqliteConnection connection, int limit) =>
        connection.Statement(ReadPlans).Set("@limit", limit).Query(ReadRow).OfType<PlanRow>().Select(plan => Describe(connection, plan)).ToValueList();

    private static PlanStatus Describe(SqliteConnection connection, PlanRow plan)
    {
        var counts = new StateCounts();
        var byHand = 0L;
        foreach (var (state, count, cancelledByHand) in connection.Statement(ReadCounts).Set("@plan", plan.Id)
            .Query(row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2))))
        {
            counts.Add(state, count);
            byHand += cancelledByHand;
        }

        var statistics = counts.ToStatistics();
        return new PlanStatus
        {
            Id = plan.Id,
            Title = plan.Title,
            State = statistics.Unfinished > 0 ? PlanState.Running : statistics.Discarded > 0 ? PlanState.Failed : byHand > 0 ? PlanState.Cancelled : PlanState.Completed,
            Statistics = statistics,
            CreatedAt = SqliteTime.ToTime(plan.CreatedAt),
            FinishedAt = SqliteTime.ToTime(plan.FinishedAt),
        };
    }

    private static ValueList<PlanTaskStatus> Tasks(SqliteConnection connection, string planId)
    {
        var parents = connection.Statement(ReadDependencies).Set("@plan", planId)
            .Query(row => (Seq: row.GetInt64(0), Parent: row.GetString(1))).ToLookup(row => row.Seq, row => row.Parent);
        return connection.Statement(ReadTasks).Set("@plan", planId)
            .Query(row => new PlanTaskStatus
            {
                TaskId = row.GetString(1),
                Type = row.GetString(2),
                State = EnumNames.Parse<QueuedTaskState>(row.GetString(3)),
                DependsOn = parents[row.GetInt64(0)].ToValueList(),
                Condition = EnumNames.Parse<PlanCondition>(row.GetStringOrNull(4)),
                IsGate = row.GetBoolean(5),
                IsOpen = row.GetBoolean(6),
                Failure = row.GetStringOrNull(7) is { } failure ? OrchestratorJson.Read(failure, OrchestratorJsonContext.Default.TaskFailure) : null,
            })
            .ToValueList();
    }

    private static PlanRow? ReadRow(SqliteRow row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64OrNull(3));

    private sealed record PlanRow(string Id, string Title, long CreatedAt, long? FinishedAt);
}
