using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Plans;

/// <summary>Puts a plan with its tasks into the tables, in a transaction.</summary>
internal static class PlanAdding
{
    private const string InsertPlan = "INSERT INTO {schema}.task_plans (id, title, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

    private const string InsertDependencies = """
        INSERT INTO {schema}.task_dependencies (task_seq, depends_on_seq, created_at)
        SELECT DISTINCT d.seq, d.parent, $3::bigint FROM unnest($1::bigint[], $2::bigint[]) AS d (seq, parent)
        """;

    /// <summary>Adds all or throws.</summary>
    /// <exception cref="StorageException">A task's id or deduplication key is taken.</exception>
    public static async ValueTask<EnqueueStatus> AddAsync(
        PostgreSqlSession session, TaskPlan plan, string title, PreparedTask[] tasks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (await session.ExecuteAsync(InsertPlan, cancellationToken, plan.Id, title, at).ConfigureAwait(false) == 0)
        {
            return EnqueueStatus.Duplicate;
        }

        var list = tasks.Select((task, index) => new NewTask(task, task.TimesFrom(now), Place(plan, plan.Tasks[index]))).ToArray();
        var seqs = await AddAsync(session, plan, list, now, cancellationToken).ConfigureAwait(false);
        var dependencies = plan.Tasks.SelectMany(task => task.DependsOn, (task, parent) => (Seq: seqs[task.Task.Id], Parent: seqs[parent])).ToArray();
        if (dependencies.Length > 0)
        {
            await session.ExecuteAsync(
                InsertDependencies, cancellationToken, Array.ConvertAll(dependencies, pair => pair.Seq), Array.ConvertAll(dependencies, pair => pair.Parent), at).ConfigureAwait(false);
        }

        return EnqueueStatus.Enqueued;
    }

    private static async ValueTask<Dictionary<string, long>> AddAsync(PostgreSqlSession session, TaskPlan plan, NewTask[] list, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!Array.Exists(list, task => task.Prepared.Submission.DeduplicationKey is not null))
        {
            var seqs = await TaskAdding.InsertAsync(session, list, plan.Id, now, cancellationToken).ConfigureAwait(false);
            return Array.Find(list, task => !seqs.ContainsKey(task.Id)) is { Prepared: not null } missing ? throw Taken(plan.Id, missing.Id) : seqs;
        }

        var (results, added) = await TaskKeys.AddAsync(session, list, plan.Id, now, cancellationToken).ConfigureAwait(false);
        var refused = Array.FindIndex(results, result => result.Status != EnqueueStatus.Enqueued);
        return refused < 0 ? added
            : results[refused].TaskId == list[refused].Id ? throw Taken(plan.Id, list[refused].Id)
            : throw new StorageException(
                StorageErrorCodes.PlanConflict,
                $"The plan '{plan.Id}' was not added: the deduplication key of its task '{list[refused].Id}' is held by task '{results[refused].TaskId}'.");
    }

    private static PlanPlace Place(TaskPlan plan, PlanTask task)
    {
        var waits = task.DependsOn.Count > 0;
        return new PlanPlace(plan.Id, task.Condition.ToName(), waits || task.IsGate, task.IsGate, task.IsGate && !waits);
    }

    private static StorageException Taken(string planId, string taskId) =>
        new(StorageErrorCodes.PlanConflict, $"The plan '{planId}' was not added: there is a task '{taskId}' already.");
}
