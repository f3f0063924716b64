using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Adds tasks of which some have deduplication keys, in a transaction. The keys are locked first, in one order for all; then nobody can come between.</summary>
internal static class TaskKeys
{
    private const string LockKeys = """
        INSERT INTO {schema}.task_keys AS k (queue, deduplication_key, task_id, states, created_at)
        SELECT DISTINCT n.queue, n.key, '', '', $3::bigint FROM unnest($1::text[], $2::text[]) AS n (queue, key) ORDER BY n.queue, n.key
        ON CONFLICT (queue, deduplication_key) DO UPDATE SET task_id = k.task_id
        RETURNING queue, deduplication_key, task_id, states, expires_at
        """;

    // Who replaces a task's values needs it to stay as it is until then.
    private const string FindTasks = "SELECT id, seq, state FROM {schema}.tasks WHERE id = ANY ($1::text[]) AND NOT (id = ANY ($2::text[]))";

    private const string FindTasksLocked = "SELECT id, seq, state FROM {schema}.tasks WHERE id = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE";

    private const string TakeKeys = """
        UPDATE {schema}.task_keys k SET task_id = n.id, states = n.states, expires_at = n.expires_at, created_at = $6
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS n (queue, key, id, states, expires_at)
        WHERE k.queue = n.queue AND k.deduplication_key = n.key
        """;

    private const string FreeKeys = """
        DELETE FROM {schema}.task_keys k USING unnest($1::text[], $2::text[]) AS n (queue, key)
        WHERE k.queue = n.queue AND k.deduplication_key = n.key AND k.task_id = ''
        """;

    /// <summary>Adds tasks one after the other, as far as ids and keys allow.</summary>
    /// <param name="session">In a transaction.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="plan">The plan that all are of; nothing is replaced then.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of each, and the seqs of new tasks by id.</returns>
    /// <exception cref="TakenIdException">Somebody took an id just now: roll back, and do it again.</exception>
    public static async ValueTask<(EnqueueResult[] Results, Dictionary<string, long> Seqs)> AddAsync(
        PostgreSqlSession session, NewTask[] tasks, string? plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        var keys = tasks.Where(task => task.Prepared.Submission.DeduplicationKey is not null)
            .Select(task => (task.Prepared.Submission.Queue, Key: task.Prepared.Submission.DeduplicationKey!)).Distinct().ToArray();
        var (queues, names) = (Array.ConvertAll(keys, key => key.Queue), Array.ConvertAll(keys, key => key.Key));
        var rows = await session.QueryAsync(
            LockKeys,
            static row => ((row.GetString(0), row.GetString(1)), new HeldKey(row.GetString(2), row.GetString(3), row.GetInt64OrNull(4))),
            cancellationToken, queues, names, at).ConfigureAwait(false);
        var holders = rows.ToDictionary(row => row.Item1, row => row.Item2);
        var known = await FindAsync(session, tasks, holders, plan is null, cancellationToken).ConfigureAwait(false);
        var additions = new TaskAdditions(holders, known, plan is not null, at);
        var results = Array.ConvertAll(tasks, additions.Add);
        foreach (var (holder, task) in additions.Replaced)
        {
            await TaskReplacing.ReplaceAsync(session, holder, task, at, cancellationToken).ConfigureAwait(false);
        }

        var added = await TaskAdding.InsertAsync(session, [.. additions.Added], plan, now, cancellationToken).ConfigureAwait(false);
        if (added.Count < additions.Added.Count)
        {
            throw new TakenIdException();
        }

        await TaskReplacing.ReplaceAsync(session, additions.ReplacedNew, added, at, cancellationToken).ConfigureAwait(false);
        var taken = holders.Where(holder => holder.Value.IsNew).ToArray();
        await session.ExecuteAsync(
            TakeKeys, cancellationToken, Array.ConvertAll(taken, key => key.Key.Item1), Array.ConvertAll(taken, key => key.Key.Item2), Array.ConvertAll(taken, key => key.Value.TaskId),
            Array.ConvertAll(taken, key => key.Value.States), Array.ConvertAll(taken, key => key.Value.ExpiresAt), at).ConfigureAwait(false);
        await session.ExecuteAsync(FreeKeys, cancellationToken, queues, names).ConfigureAwait(false);
        return (results, added);
    }

    private static async ValueTask<Dictionary<string, KnownTask>> FindAsync(
        PostgreSqlSession session, NewTask[] tasks, Dictionary<(string, string), HeldKey> holders, bool mayReplace, CancellationToken cancellationToken)
    {
        var locked = !mayReplace ? [] : tasks
            .Where(task => task.Prepared.Submission is { DeduplicationKey: not null, DeduplicationMode: DeduplicationMode.Replace })
            .Select(task => holders[(task.Prepared.Submission.Queue, task.Prepared.Submission.DeduplicationKey!)].TaskId)
            .Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        var found = locked.Length == 0 ? [] : await session.QueryAsync(FindTasksLocked, KnownTask.Read, cancellationToken, (object)locked).ConfigureAwait(false);
        var others = tasks.Select(task => task.Id).Concat(holders.Values.Select(holder => holder.TaskId)).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        found.AddRange(await session.QueryAsync(FindTasks, KnownTask.Read, cancellationToken, others, locked).ConfigureAwait(false));
        return found.ToDictionary(task => task.Id, StringComparer.Ordinal);
    }
}
