using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Puts tasks into the tables.</summary>
internal static class TaskAdding
{
    private const string AddTasks = """
        SELECT task_id, task_seq FROM {schema}.add_tasks(
            $1, $2, $3::text, $4, $5, $6, $7, $8, $9, $10, $11::bigint[], $12::bigint[], $13, $14::text[], $15::text[], $16::integer[], $17::text[], $18::boolean[],
            $19::text[], $20::text[], $21::text[], $22::integer[], $23::bigint[], $24::text[], $25::text[], $26::boolean[], $27::boolean[])
        """;

    private static readonly long DefaultAgeing = (long)TaskStoreLimits.DefaultAgeing.TotalMilliseconds;

    /// <summary>Whether any of the tasks has a key, so that a transaction is needed to add them.</summary>
    public static bool HasKeys(PreparedTask[] tasks) => Array.Exists(tasks, task => task.Submission.DeduplicationKey is not null);

    /// <summary>Adds tasks. Those whose id or key is taken, in the database or in the list, are duplicates.</summary>
    /// <exception cref="TakenIdException">Somebody took an id just now: roll back, and do it again.</exception>
    public static async ValueTask<EnqueueResult[]> AddAsync(PostgreSqlSession session, PreparedTask[] tasks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (HasKeys(tasks))
        {
            var all = Array.ConvertAll(tasks, task => new NewTask(task, task.TimesFrom(now), default));
            return (await TaskKeys.AddAsync(session, all, null, now, cancellationToken).ConfigureAwait(false)).Results;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        var isFirst = tasks.Select(task => ids.Add(task.Submission.Id)).ToArray();
        var list = tasks.Where((_, index) => isFirst[index]).Select(task => new NewTask(task, task.TimesFrom(now), default)).ToArray();
        var added = await InsertAsync(session, list, null, now, cancellationToken).ConfigureAwait(false);
        return [.. tasks.Select((task, index) => new EnqueueResult(
            isFirst[index] && added.ContainsKey(task.Submission.Id) ? EnqueueStatus.Enqueued : EnqueueStatus.Duplicate, task.Submission.Id))];
    }

    /// <summary>Inserts tasks of different ids in their order, without a look at their keys.</summary>
    /// <returns>The seqs of those that are new, by id.</returns>
    public static async ValueTask<Dictionary<string, long>> InsertAsync(
        PostgreSqlSession session, NewTask[] tasks, string? plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            AddTasks, static row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancellationToken, Values(tasks, plan, now.ToUnixTimeMilliseconds())).ConfigureAwait(false);
        return new Dictionary<string, long>(rows, StringComparer.Ordinal);
    }

    private static object?[] Values(NewTask[] tasks, string? plan, long now)
    {
        var submissions = Array.ConvertAll(tasks, task => task.Prepared.Submission);
        return
        [
            now,
            DefaultAgeing,
            plan,
            Array.ConvertAll(submissions, task => task.Id),
            Array.ConvertAll(submissions, task => task.Queue),
            Array.ConvertAll(submissions, task => task.Type),
            Array.ConvertAll(tasks, task => task.Prepared.Payload),
            Array.ConvertAll(tasks, task => task.StateAt(now)),
            Array.ConvertAll(submissions, task => task.Priority),
            Array.ConvertAll(tasks, task => task.Times.AvailableAt),
            Array.ConvertAll(tasks, task => task.Times.ClosesAt).OrNothing(),
            Array.ConvertAll(submissions, task => task.Deadline?.ToUnixTimeMilliseconds()).OrNothing(),
            Array.ConvertAll(submissions, task => task.MaxAttempts),
            Array.ConvertAll(submissions, task => task.DeduplicationKey).OrNothing(),
            Array.ConvertAll(submissions, task => task.TraceParent).OrNothing(),
            Array.ConvertAll(submissions, task => task.Slots == 1 ? null : (int?)task.Slots).OrNothing(),
            Array.ConvertAll(submissions, task => task.Group).OrNothing(),
            Array.ConvertAll(submissions, task => task.Assignment is { IsAnyone: false } ? true : (bool?)null).OrNothing(),
            Array.ConvertAll(submissions, task => task.Assignment?.WorkerName).OrNothing(),
            Array.ConvertAll(submissions, task => task.Assignment?.ContainerName).OrNothing(),
            Array.ConvertAll(tasks, task => task.Prepared.Labels).OrNothing(),
            Array.ConvertAll(submissions, task => task.PayloadVersion == 1 ? null : (int?)task.PayloadVersion).OrNothing(),
            Array.ConvertAll(submissions, task => (long?)task.Timeout?.TotalMilliseconds).OrNothing(),
            Array.ConvertAll(tasks, task => task.Prepared.Window).OrNothing(),
            Array.ConvertAll(tasks, task => task.Plan.Condition).OrNothing(),
            Array.ConvertAll(tasks, task => task.Plan.IsGate ? true : (bool?)null).OrNothing(),
            Array.ConvertAll(tasks, task => task.Plan.IsGateOpen ? true : (bool?)null).OrNothing(),
        ];
    }
}
