using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>What ends or takes back tasks without a worker's word: dead workers, leases that are over, deadlines that passed.</summary>
internal static class TaskSweeps
{
    private const int BatchSize = 1000;

    private const string AnyExpired = "SELECT EXISTS (SELECT FROM {schema}.task_leases l WHERE l.lease_until <= $1)";

    private const string AnyOverdue = """
        SELECT EXISTS (
            SELECT FROM {schema}.tasks t
            WHERE t.deadline IS NOT NULL AND t.deadline <= $1 AND t.stage IN ('available', 'scheduled', 'retryable', 'blocked'))
        """;

    private const string ReclaimTasks = "SELECT * FROM {schema}.reclaim_tasks($1::text, $2, $3, $4)";

    private const string DiscardTasks = "SELECT * FROM {schema}.discard_overdue($1, $2, $3)";

    private static readonly string Crashed = Write(TaskFailureCodes.WorkerCrashed, $"Its worker died {TaskStoreLimits.MaxCrashes + 1} times while it held the task.");

    private static readonly string DeadlinePassed = Write(TaskFailureCodes.DeadlinePassed, "Its deadline passed before it was started.");

    /// <summary>Takes back what a worker holds, or, without one, what nobody renewed. Every worker looks at every poll, and there is hardly ever anything to do.</summary>
    public static async ValueTask<ValueList<string>> ReclaimAsync(PostgreSqlDatabase database, string? workerId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        return workerId is null && !await database.RunAsync((session, cancel) => session.TestAsync(AnyExpired, cancel, at), cancellationToken).ConfigureAwait(false)
            ? []
            : await SweepAsync(database, ReclaimTasks, [workerId, at, TaskStoreLimits.MaxCrashes, Crashed], workerId is null, now, cancellationToken).ConfigureAwait(false);
    }

    public static async ValueTask<ValueList<string>> DiscardOverdueAsync(PostgreSqlDatabase database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        return await database.RunAsync((session, cancel) => session.TestAsync(AnyOverdue, cancel, at), cancellationToken).ConfigureAwait(false)
            ? await SweepAsync(database, DiscardTasks, [at, BatchSize, DeadlinePassed], isBatched: true, now, cancellationToken).ConfigureAwait(false)
            : [];
    }

    private static async ValueTask<ValueList<string>> SweepAsync(PostgreSqlDatabase database, string sql, object?[] values, bool isBatched, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var swept = new List<(int Kind, string Name, long Seq)>();
        for (var isMore = true; isMore;)
        {
            try
            {
                var batch = await database.WriteAsync((session, cancel) => session.QueryAsync(sql, TaskChanges.Read, cancel, values), cancellationToken).ConfigureAwait(false);
                swept.AddRange(batch);
                var changes = TaskChanges.From(batch);
                await TaskWindows.FollowAsync(database, changes.Queues, changes.Windows, now, cancellationToken).ConfigureAwait(false);
                isMore = isBatched && changes.Tasks.Count == BatchSize;
            }
            catch (Exception error) when (swept.Count > 0 && error is (StorageException or OperationCanceledException))
            {
                // What was swept is: its caller must hear of it. The rest is still there for the next call.
                break;
            }
        }

        return TaskChanges.From(swept).Tasks.ToValueList();
    }

    private static string Write(string code, string message) =>
        OrchestratorJson.Write(new TaskFailure { Code = code, Message = message }, OrchestratorJsonContext.Default.TaskFailure);
}
