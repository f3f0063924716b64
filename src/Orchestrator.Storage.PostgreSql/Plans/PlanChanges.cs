using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.PostgreSql.Operations;

namespace Orchestrator.Storage.PostgreSql.Plans;

/// <summary>What people do to plans: cancel them whole, decide gates.</summary>
internal static class PlanChanges
{
    private const string AskRunning = """
        UPDATE {schema}.tasks t SET cancel_requested = true
        FROM (SELECT r.seq FROM {schema}.tasks r WHERE r.plan_id = $1 AND r.state = 'running' AND NOT r.cancel_requested FOR NO KEY UPDATE SKIP LOCKED) r
        WHERE t.seq = r.seq
        RETURNING t.queue
        """;

    private const string CancelWaiting = """
        UPDATE {schema}.tasks SET state = 'cancelled', finished_at = $2, changed_at = $2
        WHERE plan_id = $1 AND state IN ('scheduled', 'available', 'retryable', 'blocked') RETURNING seq
        """;

    private const string FindPlan = "SELECT seq FROM {schema}.task_plans WHERE id = $1";

    private const string AnyRunning = "SELECT EXISTS (SELECT FROM {schema}.tasks WHERE plan_id = $1 AND state = 'running')";

    private const string AnyUnasked = """
        SELECT EXISTS (
            SELECT FROM {schema}.tasks WHERE plan_id = $1 AND ((state = 'running' AND NOT cancel_requested) OR state IN ('scheduled', 'available', 'retryable', 'blocked')))
        """;

    private const string FindGate = "SELECT plan_id FROM {schema}.tasks WHERE id = $1";

    private const string DecideGate = """
        UPDATE {schema}.tasks SET state = $2, is_gate_open = false, finished_at = $3, changed_at = $3
        WHERE id = $1 AND is_gate AND is_gate_open AND state = 'blocked' AND (deadline IS NULL OR deadline > $3) RETURNING seq
        """;

    private const string KeepDecision = "UPDATE {schema}.task_bodies SET result = $2, failure = $3::text WHERE seq = $1";

    /// <summary>Cancels what waits, asks the workers of what runs.</summary>
    /// <remarks>What runs is locked before its plan, what waits after it: so in two transactions, again and again until nothing has slipped from one to the other.</remarks>
    public static async ValueTask<TaskChangeStatus> CancelAsync(PostgreSqlDatabase database, string planId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await database.RunAsync((session, cancel) => session.NumberAsync(FindPlan, cancel, planId), cancellationToken).ConfigureAwait(false) is null)
        {
            return TaskChangeStatus.NotFound;
        }

        var (asked, cancelled) = (0, 0);
        for (var round = 1; ; round++)
        {
            var waiting = await database.TransactAsync((session, cancel) => CancelWaitingAsync(session, planId, now, cancel), cancellationToken).ConfigureAwait(false);
            var running = await database.RunAsync(
                (session, cancel) => session.QueryAsync(AskRunning, static row => row.GetString(0), cancel, planId), cancellationToken).ConfigureAwait(false);
            database.Announcer.Announce(running.Distinct());
            (asked, cancelled) = (asked + running.Count, cancelled + waiting);
            if (!await database.RunAsync((session, cancel) => session.TestAsync(AnyUnasked, cancel, planId), cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            await database.PauseAsync(Math.Min(round, 4), cancellationToken).ConfigureAwait(false);
        }

        return asked > 0 || await database.RunAsync((session, cancel) => session.TestAsync(AnyRunning, cancel, planId), cancellationToken).ConfigureAwait(false) ? TaskChangeStatus.Requested
            : cancelled > 0 ? TaskChangeStatus.Changed
            : TaskChangeStatus.WrongState;
    }

    /// <summary>Completes or discards a gate that is open. One whose deadline passed is no longer to be decided.</summary>
    public static async ValueTask<TaskChangeStatus> DecideAsync(PostgreSqlDatabase database, string taskId, GateDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (status, queues) = await database.TransactAsync((session, cancel) => DecideAsync(session, taskId, decision, now.ToUnixTimeMilliseconds(), cancel), cancellationToken).ConfigureAwait(false);
        await Tasks.TaskWindows.FollowAsync(database, queues, queues, now, cancellationToken).ConfigureAwait(false);
        return status;
    }

    private static async ValueTask<int> CancelWaitingAsync(PostgreSqlSession session, string planId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        await session.ExecuteAsync(OperatorChanges.LockPlans, cancellationToken, (object)new[] { planId }).ConfigureAwait(false);
        var seqs = await session.QueryAsync(CancelWaiting, static row => row.GetInt64(0), cancellationToken, planId, at).ConfigureAwait(false);
        if (seqs.Count > 0)
        {
            await session.ExecuteAsync(OperatorChanges.Advance, cancellationToken, seqs.ToArray(), null, at).ConfigureAwait(false);
        }

        return seqs.Count;
    }

    private static async ValueTask<(TaskChangeStatus Status, string[] Queues)> DecideAsync(
        PostgreSqlSession session, string taskId, GateDecision decision, long now, CancellationToken cancellationToken)
    {
        var found = await session.QueryAsync(FindGate, static row => row.GetStringOrNull(0), cancellationToken, taskId).ConfigureAwait(false);
        if (found.Count == 0 || found[0] is not { } plan)
        {
            return (found.Count == 0 ? TaskChangeStatus.NotFound : TaskChangeStatus.WrongState, []);
        }

        await session.ExecuteAsync(OperatorChanges.LockPlans, cancellationToken, (object)new[] { plan }).ConfigureAwait(false);
        if (await session.NumberAsync(DecideGate, cancellationToken, taskId, decision.IsApproved ? "completed" : "discarded", now).ConfigureAwait(false) is not { } seq)
        {
            return (TaskChangeStatus.WrongState, []);
        }

        await session.ExecuteAsync(
            KeepDecision, cancellationToken, seq, OrchestratorJson.Write(decision, OrchestratorJsonContext.Default.GateDecision), decision.IsApproved ? null : Rejection(decision)).ConfigureAwait(false);
        var queues = await session.FirstAsync(
            OperatorChanges.Advance, static row => row.GetFieldValue<string[]>(0), cancellationToken, new[] { seq }, null, now).ConfigureAwait(false);
        return (TaskChangeStatus.Changed, queues ?? []);
    }

    private static string Rejection(GateDecision decision) => OrchestratorJson.Write(
        new TaskFailure
        {
            Code = TaskFailureCodes.GateRejected,
            Message = decision.Comment is { } comment ? $"Rejected by {decision.By}: {comment}" : $"Rejected by {decision.By}.",
        },
        OrchestratorJsonContext.Default.TaskFailure);
}
