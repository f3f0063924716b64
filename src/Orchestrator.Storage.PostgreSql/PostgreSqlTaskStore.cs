using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Queued tasks in PostgreSQL.</summary>
/// <remarks>Thread-safe; a singleton. Payloads, checkpoints, results, failures, progress and log lines are redacted before they are stored.</remarks>
public sealed class PostgreSqlTaskStore : ITaskStore
{
    private readonly PostgreSqlDatabase _database;
    private readonly ISecretRedactor? _redactor;
    private readonly TaskAddingGroups _groups;

    /// <summary>Makes the store.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public PostgreSqlTaskStore(PostgreSqlDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
        _groups = new TaskAddingGroups(database);
    }

    /// <inheritdoc/>
    public bool OverlapsExchanges => true;

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => _database.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => _database.GetTimeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ValueList<EnqueueResult>> AddAsync(ValueList<TaskSubmission> submissions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tasks = PreparedTask.From(submissions, _redactor);
        if (tasks.Length == 0)
        {
            return [];
        }

        // Without keys one statement does it all, also for several callers.
        var results = TaskAdding.HasKeys(tasks)
            ? await _database.TransactAsync((session, cancel) => TaskAdding.AddAsync(session, tasks, now, cancel), cancellationToken).ConfigureAwait(false)
            : await _groups.AddAsync(tasks, now, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Status is not EnqueueStatus.Duplicate)
            {
                _database.Announcer.Announce(tasks[i].Submission.Queue);
            }
        }

        return ValueList.Create<EnqueueResult>(results);
    }

    private const string GetTask = $"SELECT {TaskRows.Columns} FROM {TaskRows.Tables} WHERE t.id = $1";

    /// <inheritdoc/>
    public ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.RunAsync((session, cancel) => session.FirstAsync(GetTask, TaskRows.Read, cancel, taskId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return TaskLeasing.LeaseAsync(_database, request, now, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = PreparedOutcome.From(outcomes, _redactor);
        if (ended.Length == 0)
        {
            return new LeaseExchange { Leased = next is null ? [] : await LeaseAsync(next, now, cancellationToken).ConfigureAwait(false) };
        }

        var end = TaskEnding.Statement(ended, now);
        List<TaskLease?> leases = [];
        TaskChanges changes;
        if (next is null)
        {
            changes = TaskChanges.From(await _database.WriteAsync(
                (session, cancel) => session.QueryAsync(end.Sql, TaskChanges.Read, cancel, end.Values), cancellationToken).ConfigureAwait(false));
        }
        else
        {
            var both = await _database.WriteAsync(
                (session, cancel) => session.QueryBothAsync(end, TaskChanges.Read, TaskLeasing.Statement(next, now), TaskLeasing.Mapping(next, now), cancel), cancellationToken).ConfigureAwait(false);
            changes = TaskChanges.From(both.First);
            leases = both.Second;
        }

        ValueList<TaskLease> leased = [];
        try
        {
            // The leases first: what is due of the queue they are from becomes available by them.
            leased = next is null ? [] : await TaskLeasing.CompleteAsync(_database, leases, next, now, cancellationToken).ConfigureAwait(false);
            await TaskWindows.FollowAsync(_database, changes.Queues, changes.Windows, now, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StorageException or OperationCanceledException)
        {
            // What was ended and leased is: the worker must hear of it. The windows are computed when somebody leases.
        }

        return new LeaseExchange { Ended = TaskEnding.Statuses(ended, changes), Leased = leased };
    }

    private const string RenewLeases = "SELECT task_id, task_lease, cancelled, released FROM {schema}.renew_leases($1, $2, $3, $4)";

    /// <inheritdoc/>
    public async ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        if (leases.Count == 0)
        {
            return [];
        }

        var list = leases.Distinct().OrderBy(lease => lease.TaskId, StringComparer.Ordinal).ToArray();
        var rows = await RenewAsync(list, now + duration, waits: false, cancellationToken).ConfigureAwait(false);
        foreach (var lease in list.Length > rows.Count ? list.Except(rows.Select(row => row.Lease)).ToArray() : [])
        {
            rows.AddRange(await RenewAsync([lease], now + duration, waits: true, cancellationToken).ConfigureAwait(false));
        }

        var held = rows.ToDictionary(row => row.Lease);
        return leases.Select(lease => held.TryGetValue(lease, out var row)
            ? new LeaseRenewal(lease, LeaseStatus.Held, row.Cancelled, row.Released)
            : new LeaseRenewal(lease, LeaseStatus.Lost, false)).ToValueList();
    }

    private ValueTask<List<(LeaseToken Lease, bool Cancelled, bool Released)>> RenewAsync(LeaseToken[] leases, DateTimeOffset until, bool waits, CancellationToken cancellationToken) =>
        _database.RunAsync(
            (session, cancel) => session.QueryAsync(
                RenewLeases, static row => (new LeaseToken(row.GetString(0), row.GetInt64(1)), row.GetBoolean(2), row.GetBoolean(3)), cancel,
                until.ToUnixTimeMilliseconds(), Array.ConvertAll(leases, lease => lease.TaskId), Array.ConvertAll(leases, lease => lease.LeaseId), waits),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpoint);
        checkpoint = PreparedOutcome.Fit(Redaction.Json(_redactor, checkpoint))!;
        return _database.TransactAsync((session, cancel) => TaskReports.CheckpointAsync(session, lease, checkpoint, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var far = progress is { } given
            ? given with { Message = given.Message is { } message ? TaskReports.Cut(Redaction.Text(_redactor, message), TaskStoreLimits.MaxProgressLength) : null }
            : progress;
        var kept = lines.Select(line => line with { Text = TaskReports.Cut(Redaction.Text(_redactor, line.Text), TaskStoreLimits.MaxLogLineLength) }).ToArray();
        return _database.TransactAsync((session, cancel) => TaskReports.ReportAsync(session, lease, far, kept, now, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.RunAsync((session, cancel) => TaskReports.DependenciesAsync(session, taskId, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerId);
        return TaskSweeps.ReclaimAsync(_database, workerId, now, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> ReclaimExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) => TaskSweeps.ReclaimAsync(_database, null, now, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> DiscardOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) => TaskSweeps.DiscardOverdueAsync(_database, now, cancellationToken);

    // A bucket is empty with less than one token; the millisecond added makes up for what rounding down loses.
    private const string FindNextDue = """
        SELECT min(d.at) FROM (
            SELECT min(t.available_at) AS at FROM {schema}.tasks t WHERE t.queue = $1 AND t.stage IN ('scheduled', 'retryable') AND t.available_at > $2
            UNION ALL
            SELECT g.refilled_at + floor((1 - g.tokens) * coalesce(g.rate_period, q.rate_period) / coalesce(g.rate_count, q.rate_count))::bigint + 1
            FROM {schema}.task_groups g LEFT JOIN {schema}.task_queues q ON q.queue = g.queue
            WHERE g.queue = $1 AND g.is_active AND g.tokens < 1) d
        WHERE d.at > $2
        """;

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset?> GetNextDueAsync(string queue, DateTimeOffset after, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        var next = await _database.RunAsync((session, cancel) => session.NumberAsync(FindNextDue, cancel, queue, after.ToUnixTimeMilliseconds()), cancellationToken).ConfigureAwait(false);
        return Sqlite.SqliteTime.ToTime(next);
    }
}
