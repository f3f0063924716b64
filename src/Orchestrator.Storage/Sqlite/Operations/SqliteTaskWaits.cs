using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;
using Orchestrator.Storage.Windows;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Says why a task does not run right now, with the figures.</summary>
internal static class SqliteTaskWaits
{
    private const string ReadTask = $"SELECT {TaskRow.Columns}, tasks.rank, tasks.is_gate_open FROM tasks {TaskRow.Bodies} WHERE tasks.id = @id";

    private const string ReadUnfinishedParents = """
        SELECT tasks.id, tasks.state FROM task_dependencies CROSS JOIN tasks ON tasks.seq = task_dependencies.depends_on_seq
        WHERE task_dependencies.task_seq = @seq AND tasks.state NOT IN ('completed', 'cancelled', 'discarded') ORDER BY tasks.seq
        """;

    private const string CountBefore = """
        SELECT count(*) FROM (
            SELECT 1 FROM tasks INDEXED BY tasks_ready
            WHERE queue = @queue AND state = 'available' AND group_key IS NULL AND is_assigned = 0 AND (rank, seq) < (@rank, @seq) LIMIT 1001)
        """;

    private const string CountBeforeInGroup = """
        SELECT count(*) FROM (
            SELECT 1 FROM tasks INDEXED BY tasks_grouped
            WHERE queue = @queue AND state = 'available' AND group_key = @group AND (rank, seq) < (@rank, @seq) LIMIT 1001)
        """;

    /// <summary>Explains a task; says nothing when there is none.</summary>
    public static ValueList<TaskWait> Explain(SqliteConnection connection, string taskId, DateTimeOffset now)
    {
        if (connection.Statement(ReadTask).Set("@id", taskId)
            .Single(row => new Waiting(TaskRow.Read(row), row.GetInt64(TaskRow.Seq), row.GetInt64(TaskRow.Seq + 1), row.GetBoolean(TaskRow.Seq + 2))) is not { } waiting)
        {
            return [];
        }

        var task = waiting.Task;
        if (task.IsFinished || task.State == QueuedTaskState.Running)
        {
            return [new TaskWait(TaskWaitReason.NotWaiting, NotWaiting(task))];
        }

        var waits = new List<TaskWait>();
        if (task.Deadline <= now)
        {
            waits.Add(new TaskWait(TaskWaitReason.DeadlinePassed, $"Its deadline {Text(task.Deadline.Value)} passed: it will be discarded."));
        }

        if (task.State == QueuedTaskState.Blocked)
        {
            waits.Add(waiting.IsGateOpen ? new TaskWait(TaskWaitReason.Approval, "It is a gate that waits for somebody's approval.", task.Deadline) : Dependencies(connection, waiting.Seq));
            return waits.ToValueList();
        }

        AddTimes(waits, task, now);
        SqliteLimitWaits.Add(waits, connection, task, now);
        if (task.Assignment is { } assignment)
        {
            waits.Add(new TaskWait(TaskWaitReason.Assignment, $"Only workers {Text(assignment)} may take it."));
        }

        if (waits.Count == 0)
        {
            waits.Add(new TaskWait(TaskWaitReason.Worker, Before(connection, waiting)));
        }

        return waits.ToValueList();
    }

    private static string NotWaiting(QueuedTask task) => task.State == QueuedTaskState.Running
        ? $"It runs since {Text(task.StartedAt ?? task.CreatedAt)} on worker '{task.WorkerName}' in container '{task.ContainerName}'."
        : $"It is {task.State.ToName()} since {Text(task.FinishedAt ?? task.CreatedAt)}.";

    private static TaskWait Dependencies(SqliteConnection connection, long seq)
    {
        var parents = connection.Statement(ReadUnfinishedParents).Set("@seq", seq).Query(row => $"{row.GetString(0)} ({row.GetString(1)})");
        return new TaskWait(TaskWaitReason.Dependencies, $"It waits for {parents.Count} {(parents.Count == 1 ? "task" : "tasks")} of its plan: {TaskNames.Join(parents)}.");
    }

    private static void AddTimes(List<TaskWait> waits, QueuedTask task, DateTimeOffset now)
    {
        if (task.Window is { } window && TaskWindowHours.Next(window, now).Opens is var opens && opens > now)
        {
            var next = task.AvailableAt > opens ? task.AvailableAt : opens;
            waits.Add(new TaskWait(
                TaskWaitReason.WindowClosed,
                string.Create(CultureInfo.InvariantCulture, $"Its window from {window.From:HH:mm} to {window.To:HH:mm} ({window.TimeZone}) is closed."),
                next));
        }
        else if (task.AvailableAt > now)
        {
            waits.Add(new TaskWait(
                TaskWaitReason.NotDue, task.State == QueuedTaskState.Retryable ? "It waits for its next attempt." : "Its time has not come.", task.AvailableAt));
        }
    }

    private static string Before(SqliteConnection connection, Waiting waiting)
    {
        var task = waiting.Task;
        var count = (task.Group is { } group ? connection.Statement(CountBeforeInGroup).Set("@group", group) : connection.Statement(CountBefore))
            .Set("@queue", task.Queue).Set("@rank", waiting.Rank).Set("@seq", waiting.Seq).Scalar();
        var others = task.Group is null ? $"of queue '{task.Queue}'" : $"of group '{task.Group}'";
        return count switch
        {
            0 => $"Nothing stands in its way: it is the next {others} and waits for a worker.",
            > 1000 => $"More than 1000 tasks {others} go before it.",
            1 => $"1 task {others} goes before it.",
            _ => $"{count} tasks {others} go before it.",
        };
    }

    private static string Text(TaskAssignment assignment) => string.Join(" ", ((string?[])[
        assignment.WorkerName is { } worker ? $"named '{worker}'" : null,
        assignment.ContainerName is { } container ? $"in container '{container}'" : null,
        assignment.Labels.Count > 0 ? $"with {string.Join(", ", assignment.Labels.Select(label => $"{label.Key}={label.Value}"))}" : null,
    ]).Where(part => part is not null));

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private sealed record Waiting(QueuedTask Task, long Seq, long Rank, bool IsGateOpen);
}
