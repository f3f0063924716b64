using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Operations;

/// <summary>Gives ended tasks another chance, and with them what was cancelled because of them, in one transaction that has locked their plans.</summary>
internal sealed class TaskRetries(PostgreSqlSession session, DateTimeOffset now)
{
    private const string FindPlans = "SELECT DISTINCT plan_id FROM {schema}.tasks WHERE id = ANY ($1::text[]) AND plan_id IS NOT NULL";

    private const string Columns = """
        t.seq, t.state, t.id, t.queue, t.deduplication_key, t.plan_id, EXISTS (SELECT FROM {schema}.task_dependencies d WHERE d.task_seq = t.seq), t.is_gate, t.time_window
        """;

    // What runs is not locked here: whoever ends it waits for the plan, which is locked by now.
    private const string Find = $"SELECT {Columns} FROM {{schema}}.tasks t WHERE t.id = $1 AND t.state IN ('cancelled', 'discarded') FOR NO KEY UPDATE OF t";

    private const string Exists = "SELECT EXISTS (SELECT FROM {schema}.tasks WHERE id = $1)";

    private const string IsUnmet = "dependency_unmet";

    private const string FindCancelled = $$"""
        SELECT {{Columns}}
        FROM {schema}.task_dependencies p JOIN {schema}.tasks t ON t.seq = p.task_seq JOIN {schema}.task_bodies b ON b.seq = t.seq
        WHERE p.depends_on_seq = $1 AND t.state = 'cancelled' AND CASE WHEN b.failure LIKE '{%' THEN b.failure::jsonb ->> 'code' END = '{{IsUnmet}}'
        ORDER BY t.seq FOR NO KEY UPDATE OF t
        """;

    private const string MakeAvailable = """
        UPDATE {schema}.tasks
        SET state = CASE WHEN is_gate THEN 'blocked' WHEN $2 > $4 THEN 'scheduled' ELSE 'available' END, is_gate_open = is_gate,
            available_at = $2, closes_at = $3::bigint, rank = $2 - priority * ageing, changed_at = $4, finished_at = NULL,
            attempt = 0, crashes = 0, cancel_requested = false, release_requested = false, deadline = CASE WHEN deadline > $4 THEN deadline END
        WHERE seq = $1
        """;

    private const string MakeBlocked = """
        UPDATE {schema}.tasks
        SET state = 'blocked', is_gate_open = false, changed_at = $2, finished_at = NULL, attempt = 0, crashes = 0, cancel_requested = false, release_requested = false,
            deadline = CASE WHEN deadline > $2 THEN deadline END
        WHERE seq = $1
        """;

    // What a gate decided and why a task was cancelled no longer holds; why an attempt failed is still worth knowing.
    private const string ForgetEnd = $$"""
        UPDATE {schema}.task_bodies SET failure = NULL, result = CASE WHEN $2 THEN NULL ELSE result END
        WHERE seq = $1 AND ($2 OR CASE WHEN failure LIKE '{%' THEN failure::jsonb ->> 'code' END = '{{IsUnmet}}')
        """;

    private const string ReopenPlan = "UPDATE {schema}.task_plans SET finished_at = NULL WHERE id = $1";

    private const string LockKey = """
        INSERT INTO {schema}.task_keys AS k (queue, deduplication_key, task_id, states, created_at) VALUES ($1, $2, $3, '', $4)
        ON CONFLICT (queue, deduplication_key) DO UPDATE SET task_id = k.task_id
        RETURNING task_id, states, expires_at, (SELECT t.state FROM {schema}.tasks t WHERE t.id = k.task_id)
        """;

    private const string TakeKey = """
        UPDATE {schema}.task_keys SET task_id = $3, states = ',scheduled,available,running,retryable,blocked,', expires_at = NULL, created_at = $4
        WHERE queue = $1 AND deduplication_key = $2 AND (task_id <> $3 OR states = '')
        """;

    private const string JudgeTask = """
        SELECT CASE t.plan_condition
            WHEN 'all_finished' THEN CASE WHEN c.open > 0 THEN 0 ELSE 1 END
            WHEN 'any_succeeded' THEN CASE WHEN c.done > 0 THEN 1 WHEN c.open > 0 THEN 0 ELSE 2 END
            WHEN 'any_failed' THEN CASE WHEN c.failed > 0 THEN 1 WHEN c.open > 0 THEN 0 ELSE 2 END
            ELSE CASE WHEN c.failed > 0 THEN 2 WHEN c.open > 0 THEN 0 ELSE 1 END END::bigint
        FROM {schema}.tasks t CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE p.state = 'completed') AS done, count(*) FILTER (WHERE p.state IN ('cancelled', 'discarded')) AS failed,
                count(*) FILTER (WHERE p.state NOT IN ('completed', 'cancelled', 'discarded')) AS open
            FROM {schema}.task_dependencies d JOIN {schema}.tasks p ON p.seq = d.depends_on_seq WHERE d.task_seq = t.seq) c
        WHERE t.seq = $1
        """;

    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private readonly long _at = now.ToUnixTimeMilliseconds();

    /// <summary>Retries tasks in any order: one that waits for another of the list is blocked until that one has ended.</summary>
    /// <returns>What came of each, and the queues that have more to do.</returns>
    public async ValueTask<(ValueList<TaskChangeStatus> Statuses, IReadOnlyCollection<string> Queues)> RunAsync(ValueList<string> taskIds, CancellationToken cancellationToken)
    {
        var plans = await session.QueryAsync(FindPlans, static row => row.GetString(0), cancellationToken, (object)taskIds.ToArray()).ConfigureAwait(false);
        await session.ExecuteAsync(OperatorChanges.LockPlans, cancellationToken, (object)plans.ToArray()).ConfigureAwait(false);
        var statuses = new TaskChangeStatus[taskIds.Count];
        var left = Enumerable.Range(0, taskIds.Count).OrderBy(index => taskIds[index], StringComparer.Ordinal).ToList();
        for (var before = -1; before != _done.Count && left.Count > 0;)
        {
            before = _done.Count;
            var refused = new List<int>();
            foreach (var index in left)
            {
                statuses[index] = await RetryAsync(taskIds[index], cancellationToken).ConfigureAwait(false);
                if (statuses[index] == TaskChangeStatus.WrongState)
                {
                    refused.Add(index);
                }
            }

            left = refused;
        }

        return (ValueList.Create<TaskChangeStatus>(statuses), _queues);
    }

    private async ValueTask<TaskChangeStatus> RetryAsync(string taskId, CancellationToken cancellationToken)
    {
        if (await session.FirstAsync(Find, Map, cancellationToken, taskId).ConfigureAwait(false) is not { } task)
        {
            return _done.Contains(taskId) ? TaskChangeStatus.Changed
                : await session.TestAsync(Exists, cancellationToken, taskId).ConfigureAwait(false) ? TaskChangeStatus.WrongState
                : TaskChangeStatus.NotFound;
        }

        var verdict = task.HasDependencies ? await session.NumberAsync(JudgeTask, cancellationToken, task.Seq).ConfigureAwait(false) : 1;
        if (verdict == 2 || !await TryTakeKeyAsync(task, cancellationToken).ConfigureAwait(false))
        {
            return TaskChangeStatus.WrongState;
        }

        if (verdict == 1)
        {
            var times = TaskTimes.From(task.Window, now);
            await session.ExecuteAsync(MakeAvailable, cancellationToken, task.Seq, times.AvailableAt, times.ClosesAt, _at).ConfigureAwait(false);
            _queues.Add(task.Queue);
        }
        else
        {
            await session.ExecuteAsync(MakeBlocked, cancellationToken, task.Seq, _at).ConfigureAwait(false);
        }

        await ForgetAsync(task, cancellationToken).ConfigureAwait(false);
        if (task.PlanId is { } plan)
        {
            await session.ExecuteAsync(ReopenPlan, cancellationToken, plan).ConfigureAwait(false);
            await BlockCancelledAsync(task, cancellationToken).ConfigureAwait(false);
        }

        return TaskChangeStatus.Changed;
    }

    private async ValueTask BlockCancelledAsync(EndedTask task, CancellationToken cancellationToken)
    {
        var blocked = new List<long>();
        var parents = new Queue<long>([task.Seq]);
        while (parents.TryDequeue(out var parent))
        {
            foreach (var child in await session.QueryAsync(FindCancelled, Map, cancellationToken, parent).ConfigureAwait(false))
            {
                if (await TryTakeKeyAsync(child, cancellationToken).ConfigureAwait(false))
                {
                    await session.ExecuteAsync(MakeBlocked, cancellationToken, child.Seq, _at).ConfigureAwait(false);
                    await ForgetAsync(child, cancellationToken).ConfigureAwait(false);
                    blocked.Add(child.Seq);
                    parents.Enqueue(child.Seq);
                }
            }
        }

        if (blocked.Count > 0)
        {
            _queues.UnionWith(await session.FirstAsync(
                OperatorChanges.Advance, static row => row.GetFieldValue<string[]>(0), cancellationToken, null, blocked.ToArray(), _at).ConfigureAwait(false) ?? []);
        }
    }

    private async ValueTask ForgetAsync(EndedTask task, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(ForgetEnd, cancellationToken, task.Seq, task.IsGate).ConfigureAwait(false);
        _done.Add(task.Id);
    }

    private async ValueTask<bool> TryTakeKeyAsync(EndedTask task, CancellationToken cancellationToken)
    {
        if (task.Key is null)
        {
            return true;
        }

        var (held, state) = await session.FirstAsync(
            LockKey, static row => (new PostgreSql.Tasks.HeldKey(row.GetString(0), row.GetString(1), row.GetInt64OrNull(2)), row.GetStringOrNull(3)), cancellationToken,
            task.Queue, task.Key, task.Id, _at).ConfigureAwait(false);
        if (held!.TaskId != task.Id && held.IsClosed(state, _at))
        {
            return false;
        }

        await session.ExecuteAsync(TakeKey, cancellationToken, task.Queue, task.Key, task.Id, _at).ConfigureAwait(false);
        return true;
    }

    private static EndedTask Map(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetStringOrNull(4), row.GetStringOrNull(5), row.GetBoolean(6), row.GetBoolean(7), row.GetStringOrNull(8));

    private sealed record EndedTask(long Seq, string State, string Id, string Queue, string? Key, string? PlanId, bool HasDependencies, bool IsGate, string? Window);
}
