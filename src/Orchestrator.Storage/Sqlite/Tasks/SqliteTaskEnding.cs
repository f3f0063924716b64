using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Plans;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Ends leases, in a transaction that is open.</summary>
internal static class SqliteTaskEnding
{
    private const string EndTask = "UPDATE OR FAIL tasks SET state = @State, finished_at = @Now, changed_at = @Now, lease_until = NULL WHERE seq = @Seq";

    // What most leases come to, by one statement: nothing else depends on the task.
    private const string EndPlainTask = """
        UPDATE OR FAIL tasks SET state = @State, finished_at = @Now, changed_at = @Now, lease_until = NULL
        WHERE id = @Id AND lease_id = @LeaseId AND state = 'running' AND plan_id IS NULL
        """;

    // The same where the queue is known, so that the changes can be counted together.
    private const string EndPlainTaskOfQueue = $"""
        UPDATE OR FAIL tasks SET state = @State, finished_at = @Now, changed_at = @Now, lease_until = NULL, {CountedMoves.Raise}
        WHERE id = @Id AND lease_id = @LeaseId AND state = 'running' AND plan_id IS NULL AND queue = @Queue
        """;

    private const string DelayTask = """
        UPDATE OR FAIL tasks
        SET state = @State, available_at = @AvailableAt, closes_at = @ClosesAt, rank = @Rank, changed_at = @Now, lease_until = NULL,
            attempt = attempt - @Uncounted, release_requested = 0
        WHERE seq = @Seq
        """;

    private const string ReleaseTask = """
        UPDATE OR FAIL tasks
        SET state = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'available' END, finished_at = CASE WHEN cancel_requested THEN @Now END,
            changed_at = @Now, lease_until = NULL, attempt = attempt - 1, release_requested = 0
        WHERE seq = @Seq
        """;

    private const string KeepResult = "UPDATE task_bodies SET result = @Result, failure = NULL WHERE seq = @Seq";

    private const string KeepPlainResult = "UPDATE task_bodies SET result = @Result, failure = NULL WHERE seq = (SELECT seq FROM tasks WHERE id = @Id)";

    private const string KeepFailure = "UPDATE task_bodies SET failure = @Failure, result = coalesce(@Result, result) WHERE seq = @Seq";

    // The end of the lease is the last event of its task so far.
    private const string KeepAttemptFailure = """
        UPDATE task_events SET failure = @Failure WHERE id = (SELECT max(id) FROM task_events WHERE task_seq = @Seq) AND lease_id = @LeaseId AND outcome IS NOT NULL
        """;

    /// <summary>Ends leases one after the other; then what depends on the ended tasks moves.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="outcomes">How they ended.</param>
    /// <param name="queue">The queue that most of the tasks are of; <see langword="null"/> when the caller does not know. Only makes it cheaper.</param>
    /// <param name="now">The time.</param>
    /// <returns>For each outcome, whether its lease held.</returns>
    public static LeaseStatus[] End(SqliteConnection connection, PreparedOutcome[] outcomes, string? queue, DateTimeOffset now)
    {
        var statuses = new LeaseStatus[outcomes.Length];
        List<long>? planned = null;
        var (completed, cancelled) = (0, 0);
        var plain = (queue is null ? connection.Statement(EndPlainTask) : connection.Statement(EndPlainTaskOfQueue).Set("@Queue", queue)).Set("@Now", now.ToMilliseconds());
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (TryFinish(connection, plain, outcomes[i]))
            {
                statuses[i] = LeaseStatus.Held;
                _ = outcomes[i].Kind == TaskOutcomeKind.Completed ? completed++ : cancelled++;
            }
            else if (Find(connection, outcomes[i].Lease) is { } task)
            {
                statuses[i] = LeaseStatus.Held;
                if (End(connection, task, outcomes[i], now) && task.HasPlan)
                {
                    (planned ??= []).Add(task.Seq);
                }
            }
        }

        if (queue is not null)
        {
            CountedMoves.Add(connection, queue, "running", "completed", completed);
            CountedMoves.Add(connection, queue, "running", "cancelled", cancelled);
        }

        if (planned is not null)
        {
            SqlitePlanProgress.Advance(connection, planned, now);
        }

        return statuses;
    }

    /// <summary>The task of a lease that still holds.</summary>
    public static LeasedTask? Find(SqliteConnection connection, LeaseToken lease) =>
        connection.Statement(LeasedTask.Find).Set("@Id", lease.TaskId).Set("@LeaseId", lease.LeaseId).Single(LeasedTask.Read);

    // False when there is more to do than to end a task of no plan, or when the lease is lost.
    private static bool TryFinish(SqliteConnection connection, SqliteStatement plain, PreparedOutcome outcome)
    {
        var lease = outcome.Lease;
        if (outcome.Kind is TaskOutcomeKind.Failed or TaskOutcomeKind.Released
            || plain.Set("@State", FinalState(outcome)).Set("@Id", lease.TaskId).Set("@LeaseId", lease.LeaseId).Execute(keepsValues: true) == 0)
        {
            return false;
        }

        if (HasResult(outcome))
        {
            connection.Statement(KeepPlainResult).Set("@Result", outcome.Result).Set("@Id", lease.TaskId).Execute();
        }

        return true;
    }

    private static string FinalState(PreparedOutcome outcome) => outcome.Kind == TaskOutcomeKind.Completed ? "completed" : "cancelled";

    // Under its first lease a task has neither a result nor a failure yet.
    private static bool HasResult(PreparedOutcome outcome) => outcome.Result is not null || outcome.Lease.LeaseId > 1;

    // Whether the task's state is final now.
    private static bool End(SqliteConnection connection, LeasedTask task, PreparedOutcome outcome, DateTimeOffset now)
    {
        switch (outcome.Kind)
        {
            case TaskOutcomeKind.Failed:
                return Fail(connection, task, outcome, now);
            case TaskOutcomeKind.Released:
                return Release(connection, task, outcome, now);
            default:
                Finish(connection, task, FinalState(outcome), now);
                if (HasResult(outcome))
                {
                    connection.Statement(KeepResult).Set("@Result", outcome.Result).Set("@Seq", task.Seq).Execute();
                }

                return true;
        }
    }

    private static bool Fail(SqliteConnection connection, LeasedTask task, PreparedOutcome outcome, DateTimeOffset now)
    {
        var isOver = true;
        if (!outcome.Retryable || task.IsLastAttempt)
        {
            Finish(connection, task, "discarded", now);
        }
        else if (task.CancelRequested)
        {
            Finish(connection, task, "cancelled", now);
        }
        else
        {
            Delay(connection, task, "retryable", outcome.Delay, now);
            isOver = false;
        }

        connection.Statement(KeepFailure).Set("@Failure", outcome.Failure).Set("@Result", outcome.Result).Set("@Seq", task.Seq).Execute();
        connection.Statement(KeepAttemptFailure).Set("@Failure", outcome.Failure).Set("@Seq", task.Seq).Set("@LeaseId", outcome.Lease.LeaseId).Execute();
        return isOver;
    }

    private static bool Release(SqliteConnection connection, LeasedTask task, PreparedOutcome outcome, DateTimeOffset now)
    {
        if (outcome.Delay > TimeSpan.Zero && !task.CancelRequested)
        {
            Delay(connection, task, "scheduled", outcome.Delay, now);
        }
        else
        {
            connection.Statement(ReleaseTask).Set("@Seq", task.Seq).Set("@Now", now.ToMilliseconds()).Execute();
        }

        return task.CancelRequested;
    }

    private static void Finish(SqliteConnection connection, LeasedTask task, string state, DateTimeOffset now) =>
        connection.Statement(EndTask).Set("@State", state).Set("@Now", now.ToMilliseconds()).Set("@Seq", task.Seq).Execute();

    private static void Delay(SqliteConnection connection, LeasedTask task, string state, TimeSpan delay, DateTimeOffset now)
    {
        var times = TaskTimes.From(task.Window, now + delay);
        connection.Statement(DelayTask)
            .Set("@State", state)
            .Set("@AvailableAt", times.AvailableAt)
            .Set("@ClosesAt", times.ClosesAt)
            .Set("@Rank", times.AvailableAt - task.Head)
            .Set("@Now", now.ToMilliseconds())
            .Set("@Uncounted", state == "scheduled")
            .Set("@Seq", task.Seq)
            .Execute();
    }
}
