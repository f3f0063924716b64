using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.PostgreSql.Tasks;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>Lists tasks, the newest first.</summary>
internal static class TaskLists
{
    // Only what is given stands in the statement, so that the plan is made for it.
    public static async ValueTask<ValueList<QueuedTask>> ListAsync(PostgreSqlSession session, TaskQuery query, CancellationToken cancellationToken)
    {
        if (query.State == QueuedTaskState.Unknown)
        {
            return [];
        }

        var where = new List<string>();
        var values = new List<object?> { query.Limit };
        Add("t.queue = ", query.Queue);
        Add(query.State == QueuedTaskState.Discarded ? "t.stage = " : "t.state = ", query.State?.ToName());
        Add("t.type = ", query.Type);
        Add("t.group_key = ", query.Group);
        Add("t.plan_id = ", query.PlanId);
        Add("CASE WHEN b.failure LIKE '{%' THEN b.failure::jsonb ->> 'code' END = ", query.FailureCode);
        var filter = where.Count == 0 ? "" : $"WHERE {string.Join(" AND ", where)}";
        var rows = await session.QueryAsync(
            $"SELECT {TaskRows.Columns} FROM {TaskRows.Tables} {filter} ORDER BY t.seq DESC LIMIT $1", TaskRows.Read, cancellationToken, [.. values]).ConfigureAwait(false);
        return rows.ToValueList();

        void Add(string condition, string? value)
        {
            if (value is not null)
            {
                values.Add(value);
                where.Add($"{condition}${values.Count}");
            }
        }
    }
}
