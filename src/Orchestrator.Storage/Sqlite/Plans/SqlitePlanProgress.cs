using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite.Plans;

/// <summary>Moves what depends on tasks that ended, in the transaction that ended them: released, cancelled, or still waiting. Nothing is ever left hanging.</summary>
internal static class SqlitePlanProgress
{
    private const string ReadEnded = "SELECT plan_id, state, id FROM tasks WHERE seq = @seq AND plan_id IS NOT NULL";

    // A gate that is open waits for a person, no longer for tasks.
    private const string ReadDependents = """
        SELECT tasks.seq FROM task_dependencies CROSS JOIN tasks ON tasks.seq = task_dependencies.task_seq
        WHERE task_dependencies.depends_on_seq = @seq AND tasks.state = 'blocked' AND tasks.is_gate_open = 0
        ORDER BY task_dependencies.task_seq
        """;

    private const string CancelUnmet = """
        UPDATE tasks SET state = 'cancelled', finished_at = @now, changed_at = @now WHERE seq = @seq AND state = 'blocked'
        """;

    private const string KeepFailure = "UPDATE task_bodies SET failure = @failure WHERE seq = @seq";

    private const string OpenGate = "UPDATE tasks SET is_gate_open = 1 WHERE seq = @seq AND state = 'blocked' AND is_gate = 1";

    private const string ReadTimes = "SELECT available_at, time_window FROM tasks WHERE seq = @seq";

    private const string Release = """
        UPDATE tasks
        SET state = CASE WHEN @availableAt > @now THEN 'scheduled' ELSE 'available' END, available_at = @availableAt, closes_at = @closesAt,
            rank = @availableAt - priority * ageing, changed_at = @now
        WHERE seq = @seq AND state = 'blocked'
        """;

    // From the end: what comes last in a plan mostly ends last, so that the first look finds it.
    private const string ReadUnfinished = """
        SELECT 1 FROM tasks INDEXED BY tasks_plan WHERE plan_id = @plan AND state NOT IN ('completed', 'cancelled', 'discarded') ORDER BY seq DESC LIMIT 1
        """;

    private const string FinishPlan = "UPDATE task_plans SET finished_at = @now WHERE id = @plan AND finished_at IS NULL";

    /// <summary>
    /// Releases or cancels what depends on the tasks, and what depends on what was cancelled, and so on; finishes plans whose last task ended.
    /// Call it in the transaction in which the tasks became completed, cancelled or discarded. Tasks without a plan may be among them.
    /// </summary>
    /// <param name="connection">The connection that the transaction is open on.</param>
    /// <param name="endedSeqs">The tasks that ended.</param>
    /// <param name="now">The time.</param>
    public static void Advance(SqliteConnection connection, IReadOnlyList<long> endedSeqs, DateTimeOffset now)
    {
        var at = now.ToMilliseconds();
        HashSet<string>? plans = null;
        var ended = new Queue<long>(endedSeqs);
        while (ended.TryDequeue(out var seq))
        {
            if (connection.Statement(ReadEnded).Set("@seq", seq).Single(row => new EndedTask(row.GetString(0), row.GetString(1), row.GetString(2))) is not { } task)
            {
                continue;
            }

            (plans ??= new(StringComparer.Ordinal)).Add(task.PlanId);
            foreach (var dependent in connection.Statement(ReadDependents).Set("@seq", seq).Query(row => row.GetInt64(0)))
            {
                if (!Settle(connection, dependent, task, at))
                {
                    ended.Enqueue(dependent);
                }
            }
        }

        foreach (var plan in plans ?? [])
        {
            if (connection.Statement(ReadUnfinished).Set("@plan", plan).Scalar() is null)
            {
                connection.Statement(FinishPlan).Set("@plan", plan).Set("@now", at).Execute();
            }
        }
    }

    /// <summary>Looks at blocked tasks anew, as after a retry of what they depend on; cancels and releases as <see cref="Advance"/> does.</summary>
    /// <param name="connection">The connection that the transaction is open on.</param>
    /// <param name="seqs">The tasks, which are blocked.</param>
    /// <param name="now">The time.</param>
    public static void Reconsider(SqliteConnection connection, IReadOnlyList<long> seqs, DateTimeOffset now)
    {
        var cancelled = seqs.Where(seq => !Settle(connection, seq, null, now.ToMilliseconds())).ToList();
        Advance(connection, cancelled, now);
    }

    // To the workers, or, when it is a gate, to a person.
    private static void Unblock(SqliteConnection connection, long seq, long now)
    {
        if (connection.Statement(OpenGate).Set("@seq", seq).Execute() > 0)
        {
            return;
        }

        var times = connection.Statement(ReadTimes).Set("@seq", seq)
            .Single(row => TaskTimes.From(row.GetStringOrNull(1), SqliteTime.ToTime(Math.Max(row.GetInt64(0), now))));
        connection.Statement(Release)
            .Set("@seq", seq).Set("@availableAt", times.AvailableAt).Set("@closesAt", times.ClosesAt).Set("@now", now).Execute();
    }

    // False when it was cancelled, so that what depends on it must be looked at in turn.
    private static bool Settle(SqliteConnection connection, long seq, EndedTask? ended, long now)
    {
        switch (SqlitePlanConditions.Judge(connection, seq, ended?.State))
        {
            case PlanProspect.Met:
                Unblock(connection, seq, now);
                return true;
            case PlanProspect.Unmet:
                connection.Statement(CancelUnmet).Set("@seq", seq).Set("@now", now).Execute();
                connection.Statement(KeepFailure).Set("@seq", seq).Set("@failure", Unmet(ended)).Execute();
                return false;
            default:
                return true;
        }
    }

    private static string Unmet(EndedTask? ended) => OrchestratorJson.Write(
        new TaskFailure
        {
            Code = TaskFailureCodes.DependencyUnmet,
            Message = ended is null
                ? "What it depends on ended so that it cannot run any more."
                : $"Task '{ended.Id}', which it depends on, was {ended.State}: it cannot run any more.",
        },
        OrchestratorJsonContext.Default.TaskFailure);

    private sealed record EndedTask(string PlanId, string State, string Id);
}
