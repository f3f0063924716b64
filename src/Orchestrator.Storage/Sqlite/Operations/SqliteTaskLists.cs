using Dapper;
using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Lists tasks. What has not ended, what is dead and what belongs to a plan is found by an index, however many others there are.</summary>
internal static class SqliteTaskLists
{
    private const string ReadTask = $"SELECT {TaskRow.Columns} FROM tasks {TaskRow.Bodies} WHERE tasks.seq = @seq";

    private const string FailureCode = "(SELECT CASE WHEN json_valid(failure) THEN json_extract(failure, '$.code') END FROM task_bodies WHERE task_bodies.seq = tasks.seq)";

    // The newest of a queue or state are looked for until as many are found as the counters tell of: nothing is read when there are none.
    private const string KnownCount = """
        (SELECT min(@limit, coalesce(sum(count), 0)) FROM queue_counters WHERE (@queue IS NULL OR queue = @queue) AND (@state IS NULL OR state = @state))
        """;

    public static ValueList<QueuedTask> List(SqliteConnection connection, TaskQuery query)
    {
        if (query.State == QueuedTaskState.Unknown)
        {
            return [];
        }

        var parameters = new
        {
            queue = query.Queue,
            state = query.State?.ToName(),
            type = query.Type,
            group = query.Group,
            plan = query.PlanId,
            code = query.FailureCode,
            limit = query.Limit,
        };
        return connection.Query<long>(Sql(query), parameters)
            .Select(seq => connection.Statement(ReadTask).Set("@seq", seq).Single(TaskRow.Read))
            .OfType<QueuedTask>()
            .ToValueList();
    }

    /// <summary>The statement that finds the tasks; for the tests that look at its plan.</summary>
    internal static string Sql(TaskQuery query)
    {
        var where = Filters(query);
        return (query.PlanId, query.State) switch
        {
            (not null, _) => Newest($"SELECT seq FROM tasks INDEXED BY tasks_plan WHERE plan_id = @plan{where}"),
            (_, QueuedTaskState.Discarded) => Newest($"SELECT seq FROM tasks INDEXED BY tasks_dead WHERE state = 'discarded'{where}"),
            (_, QueuedTaskState.Running) => Newest($"SELECT seq FROM tasks INDEXED BY tasks_lease WHERE state = 'running'{where}"),
            (_, QueuedTaskState.Scheduled or QueuedTaskState.Retryable) =>
                Newest($"SELECT seq FROM tasks INDEXED BY tasks_due WHERE state IN ('scheduled', 'retryable'){where}"),
            (_, QueuedTaskState.Available) => Newest($"""
                SELECT seq FROM tasks INDEXED BY tasks_ready WHERE state = 'available' AND group_key IS NULL AND is_assigned = 0{where}
                UNION ALL
                SELECT seq FROM tasks INDEXED BY tasks_assigned WHERE state = 'available' AND group_key IS NULL AND is_assigned = 1{where}
                UNION ALL
                SELECT seq FROM tasks INDEXED BY tasks_grouped WHERE state = 'available' AND group_key IS NOT NULL{where}
                """),
            (_, QueuedTaskState.Blocked) => Newest($"""
                SELECT tasks.seq FROM task_plans CROSS JOIN tasks INDEXED BY tasks_plan ON tasks.plan_id = task_plans.id
                WHERE task_plans.finished_at IS NULL{where}
                """),
            _ => $"SELECT seq FROM tasks WHERE 1{where} ORDER BY seq DESC LIMIT {KnownCount}",
        };
    }

    private static string Newest(string sql) => $"SELECT seq FROM ({sql}) ORDER BY seq DESC LIMIT @limit";

    private static string Filters(TaskQuery query) =>
        (query.Queue is null ? "" : " AND tasks.queue = @queue")
        + (query.State is null ? "" : " AND tasks.state = @state")
        + (query.Type is null ? "" : " AND tasks.type = @type")
        + (query.Group is null ? "" : " AND tasks.group_key = @group")
        + (query.FailureCode is null ? "" : $" AND {FailureCode} = @code");
}
