using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Queued tasks in SQLite.</summary>
/// <remarks>Thread-safe; a singleton. Payloads, checkpoints, results, failures, progress and log lines are redacted before they are stored.</remarks>
public sealed class SqliteTaskStore : ITaskStore, ITaskStandby
{
    private readonly SqliteDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the store.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public SqliteTaskStore(SqliteDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => _database.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_database.Time.GetUtcNow());
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<EnqueueResult>> AddAsync(ValueList<TaskSubmission> submissions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tasks = PreparedTask.From(submissions, _redactor);
        return tasks.Length == 0
            ? ValueTask.FromResult<ValueList<EnqueueResult>>([])
            : _database.WriteAsync(
                connection => SqliteTaskAdding.Add(connection, tasks, now),
                new WriteTraits(MayRepeat: true, Feeds: tasks is [{ Submission.Queue: var queue }] ? queue : null),
                cancellationToken);
    }

    private const string GetTask = $"SELECT {TaskRow.Columns} FROM tasks {TaskRow.Bodies} WHERE tasks.id = @Id";

    /// <inheritdoc/>
    public ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.ReadAsync(connection => connection.Statement(GetTask).Set("@Id", taskId).Single(TaskRow.Read), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _database.WriteAsync(connection => SqliteTaskLeasing.Lease(connection, request, now), WriteTraits.Repeatable, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskLease>> LeaseNextAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _database.StandByAsync(request.Queue, connection => SqliteTaskLeasing.Lease(connection, request, _database.Time.GetUtcNow()), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = PreparedOutcome.From(outcomes, _redactor);
        return _database.WriteAsync(
            connection => new LeaseExchange
            {
                Ended = ValueList.Create<LeaseStatus>(SqliteTaskEnding.End(connection, ended, next?.Queue, now)),
                Leased = next is null ? [] : SqliteTaskLeasing.Lease(connection, next, now),
            },
            WriteTraits.Repeatable,
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return _database.WriteAsync(connection => SqliteTaskReports.Renew(connection, leases, now + duration), WriteTraits.Repeatable, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpoint);
        checkpoint = PreparedOutcome.Fit(Redaction.Json(_redactor, checkpoint))!;
        return _database.WriteAsync(connection => SqliteTaskReports.Checkpoint(connection, lease, checkpoint), WriteTraits.Repeatable, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var far = progress is { } given
            ? given with { Message = given.Message is { } message ? Cut(Redaction.Text(_redactor, message), TaskStoreLimits.MaxProgressLength) : null }
            : progress;
        var kept = lines.Select(line => line with { Text = Cut(Redaction.Text(_redactor, line.Text), TaskStoreLimits.MaxLogLineLength) }).ToArray();
        return _database.WriteAsync(connection => SqliteTaskReports.Report(connection, lease, far, kept, now), WriteTraits.Repeatable, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.ReadAsync(connection => SqliteTaskReports.Dependencies(connection, taskId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerId);
        return _database.WriteAsync(connection => SweptTask.Ids(SqliteTaskSweeps.Reclaim(connection, workerId, now)), cancellationToken);
    }

    // Every worker sweeps at every poll, and there is hardly ever anything to do: a look costs no write lock and no commit.

    /// <inheritdoc/>
    public async ValueTask<ValueList<string>> ReclaimExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await _database.ReadAsync(connection => SqliteTaskSweeps.IsAnyExpired(connection, now), cancellationToken).ConfigureAwait(false)
            ? await _database.WriteAsync(connection => SweptTask.Ids(SqliteTaskSweeps.ReclaimExpired(connection, now)), cancellationToken).ConfigureAwait(false)
            : [];

    /// <inheritdoc/>
    public async ValueTask<ValueList<string>> DiscardOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await _database.ReadAsync(connection => SqliteTaskSweeps.IsAnyOverdue(connection, now), cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        var discarded = new List<SweptTask>();
        List<SweptTask> batch;
        do
        {
            try
            {
                batch = await _database.WriteAsync(connection => SqliteTaskSweeps.DiscardOverdue(connection, now), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (discarded.Count > 0 && error is (StorageException or OperationCanceledException))
            {
                // What was discarded is: its caller must hear of it. The rest is still there for the next call.
                break;
            }

            discarded.AddRange(batch);
        }
        while (batch.Count == SqliteTaskSweeps.BatchSize);

        return SweptTask.Ids(discarded);
    }

    // A bucket is empty with less than one token; the millisecond added makes up for what rounding down loses.
    private const string FindNextDue = """
        SELECT min(at) FROM (
            SELECT min(available_at) AS at FROM tasks INDEXED BY tasks_due
            WHERE queue = @Queue AND state IN ('scheduled', 'retryable') AND available_at > @After
            UNION ALL
            SELECT g.refilled_at + CAST((1 - g.tokens) * coalesce(g.rate_period, q.rate_period) / coalesce(g.rate_count, q.rate_count) AS INTEGER) + 1
            FROM task_groups g INDEXED BY task_groups_active LEFT JOIN task_queues q ON q.queue = g.queue
            WHERE g.queue = @Queue AND g.is_active = 1 AND g.tokens < 1)
        WHERE at > @After
        """;

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> GetNextDueAsync(string queue, DateTimeOffset after, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return _database.ReadAsync(
            connection => SqliteTime.ToTime(connection.Statement(FindNextDue).Set("@Queue", queue).Set("@After", after.ToMilliseconds()).Scalar()), cancellationToken);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
