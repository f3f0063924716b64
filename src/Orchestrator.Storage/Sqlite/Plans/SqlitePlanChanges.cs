using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.Sqlite.Plans;

/// <summary>What people do to plans: cancel them whole, decide gates.</summary>
internal static class SqlitePlanChanges
{
    private const string FindPlan = "SELECT 1 FROM task_plans WHERE id = @plan";

    private const string AskRunning = "UPDATE tasks INDEXED BY tasks_plan SET cancel_requested = 1 WHERE plan_id = @plan AND state = 'running'";

    private const string ReadWaiting = """
        SELECT seq FROM tasks INDEXED BY tasks_plan WHERE plan_id = @plan AND state IN ('scheduled', 'available', 'retryable', 'blocked') ORDER BY seq
        """;

    private const string FindGate = "SELECT seq, is_gate AND is_gate_open AND state = 'blocked' AND (deadline IS NULL OR deadline > @now) FROM tasks WHERE id = @id";

    private const string DecideGate = """
        UPDATE tasks SET state = @state, is_gate_open = 0, finished_at = @now, changed_at = @now WHERE seq = @seq
        """;

    private const string KeepDecision = "UPDATE task_bodies SET result = @result, failure = @failure WHERE seq = @seq";

    /// <summary>Cancels what waits, asks the workers of what runs.</summary>
    public static TaskChangeStatus Cancel(SqliteConnection connection, string planId, DateTimeOffset now)
    {
        if (connection.Statement(FindPlan).Set("@plan", planId).Scalar() is null)
        {
            return TaskChangeStatus.NotFound;
        }

        var running = connection.Statement(AskRunning).Set("@plan", planId).Execute();
        var waiting = connection.Statement(ReadWaiting).Set("@plan", planId).Query(row => row.GetInt64(0));
        foreach (var seq in waiting)
        {
            connection.Statement(SqliteTaskChanges.CancelWaiting).Set("@seq", seq).Set("@now", now.ToMilliseconds()).Execute();
        }

        SqlitePlanProgress.Advance(connection, waiting, now);
        return running > 0 ? TaskChangeStatus.Requested : waiting.Count > 0 ? TaskChangeStatus.Changed : TaskChangeStatus.WrongState;
    }

    /// <summary>Completes or discards a gate that is open. One whose deadline passed is no longer to be decided.</summary>
    public static TaskChangeStatus Decide(SqliteConnection connection, string taskId, GateDecision decision, DateTimeOffset now)
    {
        var at = now.ToMilliseconds();
        var (seq, isOpen) = connection.Statement(FindGate).Set("@id", taskId).Set("@now", at).Single(row => ((long?)row.GetInt64(0), row.GetBoolean(1)));
        if (seq is null || !isOpen)
        {
            return seq is null ? TaskChangeStatus.NotFound : TaskChangeStatus.WrongState;
        }

        connection.Statement(DecideGate).Set("@seq", seq).Set("@state", decision.IsApproved ? "completed" : "discarded").Set("@now", at).Execute();
        connection.Statement(KeepDecision)
            .Set("@seq", seq)
            .Set("@result", OrchestratorJson.Write(decision, OrchestratorJsonContext.Default.GateDecision))
            .Set("@failure", decision.IsApproved ? null : Rejection(decision))
            .Execute();
        SqlitePlanProgress.Advance(connection, [seq.Value], now);
        return TaskChangeStatus.Changed;
    }

    private static string Rejection(GateDecision decision) => OrchestratorJson.Write(
        new TaskFailure
        {
            Code = TaskFailureCodes.GateRejected,
            Message = decision.Comment is { } comment ? $"Rejected by {decision.By}: {comment}" : $"Rejected by {decision.By}.",
        },
        OrchestratorJsonContext.Default.TaskFailure);
}
