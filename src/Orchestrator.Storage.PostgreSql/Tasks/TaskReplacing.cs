namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Lets a waiting task take over the values of a new one that has the same deduplication key.</summary>
internal static class TaskReplacing
{
    private const string ReplaceTask = """
        UPDATE {schema}.tasks t
        SET type = $2, state = CASE WHEN t.state = 'blocked' THEN 'blocked' ELSE $3 END, priority = $4, available_at = $5, closes_at = $6::bigint,
            deadline = $7::bigint, attempt = 0, max_attempts = $8, crashes = 0, trace_parent = $9::text, ageing = q.ageing, rank = $5 - $4 * q.ageing,
            changed_at = $10, slots = $11, group_key = $12::text, is_assigned = $13, assigned_worker = $14::text, assigned_container = $15::text,
            required_labels = $16::text, payload_version = $17, timeout = $18::bigint, time_window = $19::text
        FROM (SELECT coalesce((SELECT ageing FROM {schema}.task_queues WHERE queue = $20), $21) AS ageing) q
        WHERE t.seq = $1
        """;

    private const string ReplaceBody = "UPDATE {schema}.task_bodies SET payload = $2, checkpoint = NULL, result = NULL, failure = NULL WHERE seq = $1";

    private const string ForgetProgress = "UPDATE {schema}.task_progress SET percent = NULL, message = NULL WHERE task_seq = $1";

    // The group may be another one, while the state is not, so that no trigger says so.
    private const string ActivateGroup = "SELECT {schema}.activate_groups(ARRAY[$1::text], ARRAY[$2::text], $3)";

    /// <summary>Replaces the values of tasks that were added in the same list.</summary>
    public static async ValueTask ReplaceAsync(
        PostgreSqlSession session, List<(KnownTask Holder, NewTask Task)> replaced, Dictionary<string, long> seqs, long now, CancellationToken cancellationToken)
    {
        foreach (var (holder, task) in replaced)
        {
            await ReplaceAsync(session, holder with { Seq = seqs[holder.Id] }, task, now, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Replaces the values of a task, which is locked.</summary>
    public static async ValueTask ReplaceAsync(PostgreSqlSession session, KnownTask holder, NewTask task, long now, CancellationToken cancellationToken)
    {
        var submission = task.Prepared.Submission;
        await session.ExecuteAsync(
            ReplaceTask,
            cancellationToken,
            holder.Seq,
            submission.Type,
            task.Times.AvailableAt > now ? "scheduled" : "available",
            submission.Priority,
            task.Times.AvailableAt,
            task.Times.ClosesAt,
            submission.Deadline?.ToUnixTimeMilliseconds(),
            submission.MaxAttempts,
            submission.TraceParent,
            now,
            submission.Slots,
            submission.Group,
            submission.Assignment is { IsAnyone: false },
            submission.Assignment?.WorkerName,
            submission.Assignment?.ContainerName,
            task.Prepared.Labels,
            submission.PayloadVersion,
            (long?)submission.Timeout?.TotalMilliseconds,
            task.Prepared.Window,
            submission.Queue,
            (long)TaskStoreLimits.DefaultAgeing.TotalMilliseconds).ConfigureAwait(false);
        await session.ExecuteAsync(ReplaceBody, cancellationToken, holder.Seq, task.Prepared.Payload).ConfigureAwait(false);
        await session.ExecuteAsync(ForgetProgress, cancellationToken, holder.Seq).ConfigureAwait(false);
        if (submission.Group is { } group && task.Times.AvailableAt <= now)
        {
            await session.ExecuteAsync(ActivateGroup, cancellationToken, submission.Queue, group, now).ConfigureAwait(false);
        }
    }
}
