using Microsoft.Data.Sqlite;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Puts tasks into the tables, in a transaction that is open.</summary>
internal static class SqliteTaskAdding
{
    private const string InsertTask = """
        INSERT OR FAIL INTO tasks (
            id, queue, type, state, priority, available_at, deadline, max_attempts, deduplication_key, trace_parent, created_at, rank, ageing, changed_at, slots,
            group_key, is_assigned, assigned_worker, assigned_container, required_labels, payload_version, timeout, time_window, closes_at,
            plan_id, plan_condition, is_gate, is_gate_open)
        VALUES (
            @Id, @Queue, @Type, @State, @Priority, @AvailableAt, @Deadline, @MaxAttempts, @Key, @TraceParent, @Now, @Rank, @Ageing, @Now, @Slots,
            @Group, @IsAssigned, @Worker, @Container, @Labels, @Version, @Timeout, @Window, @ClosesAt,
            @PlanId, @Condition, @IsGate, @IsGateOpen)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string InsertBody = "INSERT INTO task_bodies (seq, payload, created_at) VALUES (last_insert_rowid(), @Payload, @Now)";

    private const string FindAgeing = "SELECT ageing FROM task_queues WHERE queue = @Queue";

    /// <summary>Adds tasks one after the other.</summary>
    public static ValueList<EnqueueResult> Add(SqliteConnection connection, PreparedTask[] tasks, DateTimeOffset now)
    {
        var results = new EnqueueResult[tasks.Length];
        string? queue = null;
        var ageing = 0L;
        for (var i = 0; i < tasks.Length; i++)
        {
            if (tasks[i].Submission.Queue != queue)
            {
                queue = tasks[i].Submission.Queue;
                ageing = AgeingOf(connection, queue);
            }

            results[i] = Add(connection, tasks[i], default, ageing, now);
        }

        return ValueList.Create<EnqueueResult>(results);
    }

    /// <summary>Adds one task, with its place in a plan.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="task">The task.</param>
    /// <param name="plan">Its place in a plan; the default for none.</param>
    /// <param name="ageing">See <see cref="AgeingOf"/>.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether it is new. The seq of a new task is what <c>last_insert_rowid()</c> says.</returns>
    public static EnqueueResult Add(SqliteConnection connection, PreparedTask task, PlanPlace plan, long ageing, DateTimeOffset now)
    {
        var submission = task.Submission;
        if (submission.DeduplicationKey is not null)
        {
            return SqliteTaskKeys.Add(connection, task, plan, ageing, now);
        }

        return TryInsert(connection, task, plan, ageing, now)
            ? new EnqueueResult(EnqueueStatus.Enqueued, submission.Id)
            : new EnqueueResult(EnqueueStatus.Duplicate, submission.Id);
    }

    /// <summary>For how many milliseconds a task of a queue must wait to gain a step of priority.</summary>
    public static long AgeingOf(SqliteConnection connection, string queue) =>
        connection.Statement(FindAgeing).Set("@Queue", queue).Scalar() ?? (long)TaskStoreLimits.DefaultAgeing.TotalMilliseconds;

    /// <summary>Inserts a task without a look at its key.</summary>
    /// <returns>False when its id is taken.</returns>
    public static bool TryInsert(SqliteConnection connection, PreparedTask task, PlanPlace plan, long ageing, DateTimeOffset now)
    {
        var submission = task.Submission;
        var times = task.TimesFrom(now);
        var at = now.ToMilliseconds();
        var insert = connection.Statement(InsertTask)
            .Set("@Id", submission.Id)
            .Set("@Queue", submission.Queue)
            .Set("@Type", submission.Type)
            .Set("@State", plan.IsBlocked ? "blocked" : times.AvailableAt > at ? "scheduled" : "available")
            .Set("@Priority", submission.Priority)
            .Set("@AvailableAt", times.AvailableAt)
            .Set("@MaxAttempts", submission.MaxAttempts)
            .Set("@Now", at)
            .Set("@Rank", times.AvailableAt - (submission.Priority * ageing))
            .Set("@Ageing", ageing)
            .Set("@Slots", submission.Slots)
            .Set("@IsAssigned", submission.Assignment is { IsAnyone: false })
            .Set("@Version", submission.PayloadVersion)
            .Set("@IsGate", plan.IsGate)
            .Set("@IsGateOpen", plan.IsGateOpen);
        SetOptional(insert, task, times, plan);
        if (insert.Execute() == 0)
        {
            return false;
        }

        connection.Statement(InsertBody).Set("@Payload", task.Payload).Set("@Now", at).Execute();
        return true;
    }

    // What is not set is NULL.
    private static void SetOptional(SqliteStatement insert, PreparedTask task, TaskTimes times, PlanPlace plan)
    {
        var submission = task.Submission;
        if (submission.Deadline is { } deadline)
        {
            insert.Set("@Deadline", deadline.ToMilliseconds());
        }

        if (submission.DeduplicationKey is { } key)
        {
            insert.Set("@Key", key);
        }

        if (submission.TraceParent is { } trace)
        {
            insert.Set("@TraceParent", trace);
        }

        if (submission.Group is { } group)
        {
            insert.Set("@Group", group);
        }

        if (submission.Assignment is { IsAnyone: false } assignment)
        {
            insert.Set("@Worker", assignment.WorkerName).Set("@Container", assignment.ContainerName).Set("@Labels", task.Labels);
        }

        if (submission.Timeout is { } timeout)
        {
            insert.Set("@Timeout", (long)timeout.TotalMilliseconds);
        }

        if (task.Window is { } window)
        {
            insert.Set("@Window", window).Set("@ClosesAt", times.ClosesAt);
        }

        if (plan.PlanId is { } planId)
        {
            insert.Set("@PlanId", planId).Set("@Condition", plan.Condition);
        }
    }
}
