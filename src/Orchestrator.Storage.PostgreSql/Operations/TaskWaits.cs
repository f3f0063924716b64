using System.Globalization;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite.Operations;
using Orchestrator.Storage.Windows;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>Says why a task does not run right now, with the figures.</summary>
internal static class TaskWaits
{
    private const string ReadTask = $"SELECT {TaskRows.Columns}, t.rank, t.is_gate_open FROM {TaskRows.Tables} WHERE t.id = $1";

    private const string ReadUnfinishedParents = """
        SELECT p.id, p.state FROM {schema}.task_dependencies d JOIN {schema}.tasks p ON p.seq = d.depends_on_seq
        WHERE d.task_seq = $1 AND p.state NOT IN ('completed', 'cancelled', 'discarded') ORDER BY p.seq
        """;

    private const string CountBefore = """
        SELECT count(*) FROM (
            SELECT FROM {schema}.tasks t
            WHERE t.queue = $1 AND t.stage = 'available' AND t.group_key IS NULL AND NOT t.is_assigned AND (t.rank, t.seq) < ($2, $3) LIMIT 1001) b
        """;

    private const string CountBeforeInGroup = """
        SELECT count(*) FROM (
            SELECT FROM {schema}.tasks t
            WHERE t.queue = $1 AND t.stage = 'available' AND t.group_key = $4 AND t.group_key IS NOT NULL AND (t.rank, t.seq) < ($2, $3) LIMIT 1001) b
        """;

    /// <summary>Explains a task; says nothing when there is none.</summary>
    public static async ValueTask<ValueList<TaskWait>> ExplainAsync(PostgreSqlSession session, string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await session.FirstAsync(
            ReadTask, static row => new Waiting(TaskRows.Read(row), row.GetInt64(0), row.GetInt64(TaskRows.Count), row.GetBoolean(TaskRows.Count + 1)), cancellationToken, taskId).ConfigureAwait(false);
        if (waiting is null)
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
            waits.Add(waiting.IsGateOpen
                ? new TaskWait(TaskWaitReason.Approval, "It is a gate that waits for somebody's approval.", task.Deadline)
                : await DependenciesAsync(session, waiting.Seq, cancellationToken).ConfigureAwait(false));
            return waits.ToValueList();
        }

        AddTimes(waits, task, now);
        await LimitWaits.AddAsync(waits, session, task, now, cancellationToken).ConfigureAwait(false);
        if (task.Assignment is { } assignment)
        {
            waits.Add(new TaskWait(TaskWaitReason.Assignment, $"Only workers {Text(assignment)} may take it."));
        }

        if (waits.Count == 0)
        {
            waits.Add(new TaskWait(TaskWaitReason.Worker, await BeforeAsync(session, waiting, cancellationToken).ConfigureAwait(false)));
        }

        return waits.ToValueList();
    }

    private static string NotWaiting(QueuedTask task) => task.State == QueuedTaskState.Running
        ? $"It runs since {Text(task.StartedAt ?? task.CreatedAt)} on worker '{task.WorkerName}' in container '{task.ContainerName}'."
        : $"It is {task.State.ToName()} since {Text(task.FinishedAt ?? task.CreatedAt)}.";

    private static async ValueTask<TaskWait> DependenciesAsync(PostgreSqlSession session, long seq, CancellationToken cancellationToken)
    {
        var parents = await session.QueryAsync(ReadUnfinishedParents, static row => $"{row.GetString(0)} ({row.GetString(1)})", cancellationToken, seq).ConfigureAwait(false);
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

    private static async ValueTask<string> BeforeAsync(PostgreSqlSession session, Waiting waiting, CancellationToken cancellationToken)
    {
        var task = waiting.Task;
        var count = task.Group is { } group
            ? await session.NumberAsync(CountBeforeInGroup, cancellationToken, task.Queue, waiting.Rank, waiting.Seq, group).ConfigureAwait(false)
            : await session.NumberAsync(CountBefore, cancellationToken, task.Queue, waiting.Rank, waiting.Seq).ConfigureAwait(false);
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
