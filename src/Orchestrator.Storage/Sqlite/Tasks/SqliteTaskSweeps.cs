using Dapper;
using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>What ends or takes back tasks without a worker's word: dead workers, leases that are over, deadlines that passed.</summary>
internal static class SqliteTaskSweeps
{
    public const string AnyExpired = "SELECT EXISTS (SELECT 1 FROM tasks WHERE state = 'running' AND lease_until <= @Now)";

    public const string AnyOverdue = """
        SELECT EXISTS (SELECT 1 FROM tasks WHERE deadline IS NOT NULL AND deadline <= @Now AND state IN ('available', 'scheduled', 'retryable', 'blocked'))
        """;

    private const string ReclaimTasks = """
        UPDATE tasks
        SET state = CASE WHEN cancel_requested THEN 'cancelled' WHEN crashes >= @MaxCrashes THEN 'discarded' ELSE 'available' END,
            finished_at = CASE WHEN cancel_requested OR crashes >= @MaxCrashes THEN @Now END,
            crashes = crashes + 1, attempt = attempt - 1, lease_until = NULL
        WHERE state = 'running' AND (worker_id = @WorkerId OR lease_until <= @Expired)
        RETURNING seq AS Seq, id AS Id, state AS State
        """;

    private const string DiscardTasks = """
        UPDATE tasks SET state = 'discarded', finished_at = @Now
        WHERE deadline IS NOT NULL AND deadline <= @Now AND state IN ('available', 'scheduled', 'retryable', 'blocked')
        RETURNING seq AS Seq, id AS Id, state AS State
        """;

    private const string KeepFailure = "UPDATE task_bodies SET failure = @failure WHERE seq = @Seq";

    public static ValueList<string> Reclaim(SqliteConnection connection, string workerId, DateTimeOffset now) => Reclaim(connection, workerId, null, now);

    public static ValueList<string> ReclaimExpired(SqliteConnection connection, DateTimeOffset now) => Reclaim(connection, null, now, now);

    public static ValueList<string> DiscardOverdue(SqliteConnection connection, DateTimeOffset now) => Sweep(
        connection,
        DiscardTasks,
        new { Now = now.ToMilliseconds() },
        new TaskFailure { Code = TaskFailureCodes.DeadlinePassed, Message = "Its deadline passed before it was started." });

    private static ValueList<string> Reclaim(SqliteConnection connection, string? workerId, DateTimeOffset? expired, DateTimeOffset now) => Sweep(
        connection,
        ReclaimTasks,
        new { WorkerId = workerId, Expired = expired.ToMilliseconds(), Now = now.ToMilliseconds(), TaskStoreLimits.MaxCrashes },
        new TaskFailure { Code = TaskFailureCodes.WorkerCrashed, Message = $"Its worker died {TaskStoreLimits.MaxCrashes + 1} times while it held the task." });

    private static ValueList<string> Sweep(SqliteConnection connection, string sql, object parameters, TaskFailure reason)
    {
        var rows = connection.Query<(long Seq, string Id, string State)>(sql, parameters).OrderBy(row => row.Seq).ToList();
        var failure = OrchestratorJson.Write(reason, OrchestratorJsonContext.Default.TaskFailure);
        foreach (var row in rows.Where(row => row.State == QueuedTaskState.Discarded.ToName()))
        {
            connection.Execute(KeepFailure, new { failure, row.Seq });
        }

        return rows.Select(row => row.Id).ToValueList();
    }
}
