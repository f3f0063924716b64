using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Plans;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>What ends or takes back tasks without a worker's word: dead workers, leases that are over, deadlines that passed.</summary>
internal static class SqliteTaskSweeps
{
    /// <summary>How many tasks <see cref="DiscardOverdue"/> discards at once, so that others can write between.</summary>
    public const int BatchSize = 1000;

    public const string AnyExpired = "SELECT EXISTS (SELECT 1 FROM tasks INDEXED BY tasks_lease WHERE state = 'running' AND lease_until <= @Now)";

    public const string AnyOverdue = """
        SELECT EXISTS (
            SELECT 1 FROM tasks INDEXED BY tasks_deadline
            WHERE deadline IS NOT NULL AND deadline <= @Now AND state IN ('available', 'scheduled', 'retryable', 'blocked'))
        """;

    private const string Reclaiming = """
        UPDATE tasks INDEXED BY tasks_lease
        SET state = CASE WHEN cancel_requested THEN 'cancelled' WHEN crashes >= @MaxCrashes THEN 'discarded' ELSE 'available' END,
            finished_at = CASE WHEN cancel_requested OR crashes >= @MaxCrashes THEN @Now END,
            crashes = crashes + 1, attempt = attempt - 1, lease_until = NULL, release_requested = 0, changed_at = @Now
        """;

    public const string ReclaimWorker = $"{Reclaiming} WHERE state = 'running' AND worker_id = @WorkerId RETURNING {SweptTask.Columns}";

    public const string ReclaimLeases = $"{Reclaiming} WHERE state = 'running' AND lease_until <= @Now RETURNING {SweptTask.Columns}";

    private const string DiscardTasks = $"""
        UPDATE tasks SET state = 'discarded', finished_at = @Now, changed_at = @Now
        WHERE seq IN (
            SELECT seq FROM tasks INDEXED BY tasks_deadline
            WHERE deadline IS NOT NULL AND deadline <= @Now AND state IN ('available', 'scheduled', 'retryable', 'blocked')
            LIMIT @Limit)
        RETURNING {SweptTask.Columns}
        """;

    private const string KeepFailure = "UPDATE task_bodies SET failure = @Failure WHERE seq = @Seq";

    private const string KeepAttemptFailure = """
        UPDATE task_events SET failure = @Failure
        WHERE id = (SELECT max(id) FROM task_events WHERE task_seq = @Seq) AND lease_id = @LeaseId AND outcome = 'crashed'
        """;

    private static readonly string Crashed = Write(TaskFailureCodes.WorkerCrashed, $"Its worker died {TaskStoreLimits.MaxCrashes + 1} times while it held the task.");

    private static readonly string DeadlinePassed = Write(TaskFailureCodes.DeadlinePassed, "Its deadline passed before it was started.");

    public static bool IsAnyExpired(SqliteConnection connection, DateTimeOffset now) => connection.Statement(AnyExpired).Set("@Now", now.ToMilliseconds()).Scalar() == 1;

    public static bool IsAnyOverdue(SqliteConnection connection, DateTimeOffset now) => connection.Statement(AnyOverdue).Set("@Now", now.ToMilliseconds()).Scalar() == 1;

    public static List<SweptTask> Reclaim(SqliteConnection connection, string workerId, DateTimeOffset now) =>
        Sweep(connection, connection.Statement(ReclaimWorker).Set("@WorkerId", workerId).Set("@MaxCrashes", TaskStoreLimits.MaxCrashes), Crashed, now);

    public static List<SweptTask> ReclaimExpired(SqliteConnection connection, DateTimeOffset now) =>
        Sweep(connection, connection.Statement(ReclaimLeases).Set("@MaxCrashes", TaskStoreLimits.MaxCrashes), Crashed, now);

    public static List<SweptTask> DiscardOverdue(SqliteConnection connection, DateTimeOffset now) =>
        Sweep(connection, connection.Statement(DiscardTasks).Set("@Limit", BatchSize), DeadlinePassed, now);

    private static List<SweptTask> Sweep(SqliteConnection connection, SqliteStatement statement, string failure, DateTimeOffset now)
    {
        var rows = statement.Set("@Now", now.ToMilliseconds()).Query(SweptTask.Read);
        foreach (var row in rows.Where(row => row.State == "discarded"))
        {
            connection.Statement(KeepFailure).Set("@Failure", failure).Set("@Seq", row.Seq).Execute();
            connection.Statement(KeepAttemptFailure).Set("@Failure", failure).Set("@Seq", row.Seq).Set("@LeaseId", row.LeaseId).Execute();
        }

        var planned = rows.Where(row => row.HasPlan && row.State != "available").Select(row => row.Seq).ToList();
        if (planned.Count > 0)
        {
            SqlitePlanProgress.Advance(connection, planned, now);
        }

        return rows;
    }

    private static string Write(string code, string message) =>
        OrchestratorJson.Write(new TaskFailure { Code = code, Message = message }, OrchestratorJsonContext.Default.TaskFailure);
}
