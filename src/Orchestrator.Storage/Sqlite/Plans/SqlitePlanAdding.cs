using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite.Plans;

/// <summary>Puts a plan with its tasks into the tables, in a transaction that is open.</summary>
internal static class SqlitePlanAdding
{
    private const string InsertPlan = "INSERT INTO task_plans (id, title, created_at) VALUES (@id, @title, @now) ON CONFLICT (id) DO NOTHING";

    private const string InsertDependency = """
        INSERT INTO task_dependencies (task_seq, depends_on_seq, created_at) VALUES (@seq, @parent, @now) ON CONFLICT DO NOTHING
        """;

    /// <summary>Adds all or throws.</summary>
    /// <exception cref="StorageException">A task's id or deduplication key is taken.</exception>
    public static EnqueueStatus Add(SqliteConnection connection, TaskPlan plan, string title, PreparedTask[] tasks, DateTimeOffset now)
    {
        var at = now.ToMilliseconds();
        if (connection.Statement(InsertPlan).Set("@id", plan.Id).Set("@title", title).Set("@now", at).Execute() == 0)
        {
            return EnqueueStatus.Duplicate;
        }

        var seqs = new Dictionary<string, long>(tasks.Length, StringComparer.Ordinal);
        var ageing = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < tasks.Length; i++)
        {
            var queue = plan.Tasks[i].Task.Queue;
            if (!ageing.TryGetValue(queue, out var step))
            {
                step = ageing[queue] = SqliteTaskAdding.AgeingOf(connection, queue);
            }

            seqs[plan.Tasks[i].Task.Id] = AddTask(connection, plan.Id, plan.Tasks[i], tasks[i], step, now);
        }

        foreach (var task in plan.Tasks)
        {
            foreach (var parent in task.DependsOn)
            {
                connection.Statement(InsertDependency).Set("@seq", seqs[task.Task.Id]).Set("@parent", seqs[parent]).Set("@now", at).Execute();
            }
        }

        return EnqueueStatus.Enqueued;
    }

    private static long AddTask(SqliteConnection connection, string planId, PlanTask task, PreparedTask prepared, long ageing, DateTimeOffset now)
    {
        var waits = task.DependsOn.Count > 0;
        var place = new PlanPlace(planId, task.Condition.ToName(), waits || task.IsGate, task.IsGate, task.IsGate && !waits);
        var added = SqliteTaskAdding.Add(connection, prepared, place, ageing, now);
        if (added.Status == EnqueueStatus.Enqueued)
        {
            return connection.Statement("SELECT last_insert_rowid()").Scalar()!.Value;
        }

        throw new StorageException(
            StorageErrorCodes.PlanConflict,
            added.TaskId == task.Task.Id
                ? $"The plan '{planId}' was not added: there is a task '{added.TaskId}' already."
                : $"The plan '{planId}' was not added: the deduplication key of its task '{task.Task.Id}' is held by task '{added.TaskId}'.");
    }
}
