using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Plans;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Gives ended tasks another chance, and with them what was cancelled because of them.</summary>
internal static class SqliteTaskRetries
{
    private const string Find = """
        SELECT seq, state, id, queue, deduplication_key, plan_id, EXISTS (SELECT 1 FROM task_dependencies WHERE task_dependencies.task_seq = tasks.seq), is_gate,
            time_window
        FROM tasks WHERE id = @id
        """;

    private const string MakeAvailable = """
        UPDATE tasks
        SET state = CASE WHEN is_gate THEN 'blocked' WHEN @availableAt > @now THEN 'scheduled' ELSE 'available' END, is_gate_open = is_gate,
            available_at = @availableAt, closes_at = @closesAt, rank = @availableAt - priority * ageing, changed_at = @now, finished_at = NULL,
            attempt = 0, crashes = 0, cancel_requested = 0, release_requested = 0, deadline = CASE WHEN deadline > @now THEN deadline END
        WHERE seq = @seq
        """;

    private const string MakeBlocked = """
        UPDATE tasks
        SET state = 'blocked', is_gate_open = 0, changed_at = @now, finished_at = NULL, attempt = 0, crashes = 0, cancel_requested = 0, release_requested = 0,
            deadline = CASE WHEN deadline > @now THEN deadline END
        WHERE seq = @seq
        """;

    // What a gate decided and why a task was cancelled no longer holds; why an attempt failed is still worth knowing.
    private const string ForgetEnd = """
        UPDATE task_bodies SET failure = NULL, result = CASE WHEN @isGate THEN NULL ELSE result END
        WHERE seq = @seq AND (@isGate OR (CASE WHEN json_valid(failure) THEN json_extract(failure, '$.code') END) = 'dependency_unmet')
        """;

    private const string ReadCancelled = """
        SELECT tasks.seq, tasks.state, tasks.id, tasks.queue, tasks.deduplication_key, tasks.plan_id, 1, tasks.is_gate, tasks.time_window
        FROM task_dependencies CROSS JOIN tasks ON tasks.seq = task_dependencies.task_seq JOIN task_bodies ON task_bodies.seq = tasks.seq
        WHERE task_dependencies.depends_on_seq = @seq AND tasks.state = 'cancelled'
            AND CASE WHEN json_valid(task_bodies.failure) THEN json_extract(task_bodies.failure, '$.code') END = 'dependency_unmet'
        ORDER BY tasks.seq
        """;

    private const string ReopenPlan = "UPDATE task_plans SET finished_at = NULL WHERE id = @plan";

    private const string TakeKey = """
        INSERT INTO task_keys (queue, deduplication_key, task_id, states, created_at)
        VALUES (@queue, @key, @id, ',scheduled,available,running,retryable,blocked,', @now)
        ON CONFLICT (queue, deduplication_key) DO UPDATE
        SET task_id = excluded.task_id, states = excluded.states, expires_at = NULL, created_at = excluded.created_at WHERE task_id <> excluded.task_id
        """;

    /// <summary>Retries tasks in any order: one that waits for another of the list is blocked until that one has ended.</summary>
    public static ValueList<TaskChangeStatus> Retry(SqliteConnection connection, ValueList<string> taskIds, DateTimeOffset now)
    {
        var statuses = new TaskChangeStatus[taskIds.Count];
        var retried = new HashSet<long>();
        var left = Enumerable.Range(0, taskIds.Count).ToList();
        for (var before = -1; before != retried.Count && left.Count > 0;)
        {
            before = retried.Count;
            left.RemoveAll(index =>
            {
                statuses[index] = RetryOne(connection, taskIds[index], retried, now);
                return statuses[index] != TaskChangeStatus.WrongState;
            });
        }

        return statuses.ToValueList();
    }

    private static TaskChangeStatus RetryOne(SqliteConnection connection, string taskId, HashSet<long> retried, DateTimeOffset now)
    {
        if (connection.Statement(Find).Set("@id", taskId).Single(Map) is not { } task)
        {
            return TaskChangeStatus.NotFound;
        }

        if (retried.Contains(task.Seq))
        {
            return TaskChangeStatus.Changed;
        }

        if (task.State is not ("cancelled" or "discarded"))
        {
            return TaskChangeStatus.WrongState;
        }

        var prospect = task.HasDependencies ? SqlitePlanConditions.Judge(connection, task.Seq, null) : PlanProspect.Met;
        if (prospect == PlanProspect.Unmet || !TryTakeKey(connection, task, now))
        {
            return TaskChangeStatus.WrongState;
        }

        Move(connection, task, prospect == PlanProspect.Met, now);
        retried.Add(task.Seq);
        if (task.PlanId is { } plan)
        {
            connection.Statement(ReopenPlan).Set("@plan", plan).Execute();
            BlockCancelled(connection, task, retried, now);
        }

        return TaskChangeStatus.Changed;
    }

    private static void BlockCancelled(SqliteConnection connection, EndedTask task, HashSet<long> retried, DateTimeOffset now)
    {
        var blocked = new List<long>();
        var parents = new Queue<long>([task.Seq]);
        while (parents.TryDequeue(out var parent))
        {
            foreach (var child in connection.Statement(ReadCancelled).Set("@seq", parent).Query(Map).OfType<EndedTask>())
            {
                if (TryTakeKey(connection, child, now))
                {
                    Move(connection, child, isMet: false, now);
                    retried.Add(child.Seq);
                    blocked.Add(child.Seq);
                    parents.Enqueue(child.Seq);
                }
            }
        }

        SqlitePlanProgress.Reconsider(connection, blocked, now);
    }

    private static void Move(SqliteConnection connection, EndedTask task, bool isMet, DateTimeOffset now)
    {
        if (isMet)
        {
            var times = TaskTimes.From(task.Window, now);
            connection.Statement(MakeAvailable)
                .Set("@seq", task.Seq).Set("@availableAt", times.AvailableAt).Set("@closesAt", times.ClosesAt).Set("@now", now.ToMilliseconds()).Execute();
        }
        else
        {
            connection.Statement(MakeBlocked).Set("@seq", task.Seq).Set("@now", now.ToMilliseconds()).Execute();
        }

        connection.Statement(ForgetEnd).Set("@seq", task.Seq).Set("@isGate", task.IsGate).Execute();
    }

    private static bool TryTakeKey(SqliteConnection connection, EndedTask task, DateTimeOffset now)
    {
        if (task.Key is null)
        {
            return true;
        }

        if (SqliteTaskKeys.FindHolderOf(connection, task.Queue, task.Key, now) is { } holder && holder.TaskId != task.Id)
        {
            return false;
        }

        connection.Statement(TakeKey).Set("@queue", task.Queue).Set("@key", task.Key).Set("@id", task.Id).Set("@now", now.ToMilliseconds()).Execute();
        return true;
    }

    private static EndedTask? Map(SqliteRow row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetStringOrNull(4), row.GetStringOrNull(5), row.GetBoolean(6), row.GetBoolean(7),
        row.GetStringOrNull(8));

    private sealed record EndedTask(long Seq, string State, string Id, string Queue, string? Key, string? PlanId, bool HasDependencies, bool IsGate, string? Window);
}
