using Dapper;
using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Queued tasks in SQLite.</summary>
/// <remarks>Thread-safe; a singleton. Payloads, checkpoints, results and failures are redacted before they are stored.</remarks>
public sealed class SqliteTaskStore : ITaskStore
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

    private const string InsertTask = """
        INSERT INTO tasks (id, queue, type, state, priority, available_at, deadline, max_attempts, deduplication_key, trace_parent, created_at)
        VALUES (@Id, @Queue, @Type, @State, @Priority, @AvailableAt, @Deadline, @MaxAttempts, @DeduplicationKey, @TraceParent, @Now)
        ON CONFLICT DO NOTHING
        RETURNING seq
        """;

    private const string InsertBody = "INSERT INTO task_bodies (seq, payload, created_at) VALUES (@Seq, @Payload, @Now)";

    private const string FindDuplicate = """
        SELECT id FROM tasks
        WHERE id = @Id OR (queue = @Queue AND deduplication_key = @DeduplicationKey AND state NOT IN ('completed', 'cancelled', 'discarded'))
        ORDER BY id = @Id DESC LIMIT 1
        """;

    /// <inheritdoc/>
    public ValueTask<EnqueueResult> AddAsync(TaskSubmission submission, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(submission);
        var payload = Redaction.Json(_redactor, submission.Payload);
        return _database.WriteAsync(
            connection =>
            {
                var available = submission.AvailableAt is { } at && at > now ? at : now;
                var seq = connection.QuerySingleOrDefault<long?>(InsertTask, new
                {
                    submission.Id,
                    submission.Queue,
                    submission.Type,
                    State = (available > now ? QueuedTaskState.Scheduled : QueuedTaskState.Available).ToName(),
                    submission.Priority,
                    AvailableAt = available.ToMilliseconds(),
                    Deadline = submission.Deadline.ToMilliseconds(),
                    submission.MaxAttempts,
                    submission.DeduplicationKey,
                    submission.TraceParent,
                    Now = now.ToMilliseconds(),
                });
                if (seq is null)
                {
                    return new EnqueueResult(EnqueueStatus.Duplicate, connection.QuerySingle<string>(FindDuplicate, new { submission.Id, submission.Queue, submission.DeduplicationKey }));
                }

                connection.Execute(InsertBody, new { Seq = seq, Payload = payload, Now = now.ToMilliseconds() });
                return new EnqueueResult(EnqueueStatus.Enqueued, submission.Id);
            },
            cancellationToken);
    }

    private const string GetTask = $"SELECT {TaskRow.Columns} FROM tasks WHERE id = @taskId";

    /// <inheritdoc/>
    public ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.ReadAsync(connection => connection.QuerySingleOrDefault<TaskRow>(GetTask, new { taskId })?.ToTask(), cancellationToken);
    }

    private const string ListTasks = $"""
        SELECT {TaskRow.Columns} FROM tasks
        WHERE (@Queue IS NULL OR queue = @Queue) AND (@State IS NULL OR state = @State) AND (@Type IS NULL OR type = @Type)
        ORDER BY seq DESC LIMIT @Limit
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _database.ReadAsync(
            connection => connection.Query<TaskRow>(ListTasks, new { query.Queue, State = query.State?.ToName(), query.Type, query.Limit })
                .Select(row => row.ToTask()).ToValueList(),
            cancellationToken);
    }

    private const string CountTasks = "SELECT state AS State, count(*) AS Count FROM tasks WHERE @queue IS NULL OR queue = @queue GROUP BY state";

    /// <inheritdoc/>
    public ValueTask<QueueStatistics> GetStatisticsAsync(string? queue, CancellationToken cancellationToken) => _database.ReadAsync(
        connection =>
        {
            var counts = connection.Query<(string State, long Count)>(CountTasks, new { queue }).ToDictionary(row => row.State, row => row.Count);
            return new QueueStatistics
            {
                Scheduled = counts.GetValueOrDefault(QueuedTaskState.Scheduled.ToName()),
                Available = counts.GetValueOrDefault(QueuedTaskState.Available.ToName()),
                Running = counts.GetValueOrDefault(QueuedTaskState.Running.ToName()),
                Retryable = counts.GetValueOrDefault(QueuedTaskState.Retryable.ToName()),
                Blocked = counts.GetValueOrDefault(QueuedTaskState.Blocked.ToName()),
                Completed = counts.GetValueOrDefault(QueuedTaskState.Completed.ToName()),
                Cancelled = counts.GetValueOrDefault(QueuedTaskState.Cancelled.ToName()),
                Discarded = counts.GetValueOrDefault(QueuedTaskState.Discarded.ToName()),
            };
        },
        cancellationToken);

    private const string LeaseTasks = $"""
        UPDATE tasks
        SET state = 'running', attempt = attempt + 1, lease_id = lease_id + 1, lease_until = @Until, started_at = @Now,
            worker_id = @WorkerId, worker_name = @WorkerName, container_name = @ContainerName
        WHERE seq IN (
            SELECT seq FROM tasks
            WHERE queue = @Queue AND state IN ('available', 'scheduled', 'retryable') AND available_at <= @Now
                AND (deadline IS NULL OR deadline > @Now) AND (@AnyType OR type IN @Types) AND (@TaskId IS NULL OR id = @TaskId)
            ORDER BY priority DESC, available_at, seq LIMIT @Count)
        RETURNING {TaskRow.Columns}
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _database.WriteAsync(
            connection => connection.Query<TaskRow>(LeaseTasks, new
            {
                request.Queue,
                request.Count,
                request.TaskId,
                AnyType = request.Types.Count == 0,
                Types = request.Types.AsEnumerable(),
                WorkerId = request.Worker.Id,
                request.Worker.WorkerName,
                request.Worker.ContainerName,
                Now = now.ToMilliseconds(),
                Until = (now + request.Duration).ToMilliseconds(),
            })
                .OrderByDescending(row => row.Priority).ThenBy(row => row.AvailableAt).ThenBy(row => row.Seq) // RETURNING has no order of its own.
                .Select(row => row.ToLease()).ToValueList(),
            cancellationToken);
    }

    private const string RenewLease = """
        UPDATE tasks SET lease_until = @Until WHERE id = @TaskId AND lease_id = @LeaseId AND state = 'running' RETURNING cancel_requested
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return _database.WriteAsync(
            connection => leases.Select(lease =>
            {
                var cancel = connection.QuerySingleOrDefault<long?>(RenewLease, new { lease.TaskId, lease.LeaseId, Until = (now + duration).ToMilliseconds() });
                return new LeaseRenewal(lease, cancel is null ? LeaseStatus.Lost : LeaseStatus.Held, cancel > 0);
            }).ToValueList(),
            cancellationToken);
    }

    private const string KeepCheckpoint = """
        UPDATE task_bodies SET checkpoint = @checkpoint
        WHERE seq = (SELECT seq FROM tasks WHERE id = @TaskId AND lease_id = @LeaseId AND state = 'running')
        """;

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpoint);
        checkpoint = Redaction.Json(_redactor, checkpoint)!;
        return _database.WriteAsync(connection => Status(connection.Execute(KeepCheckpoint, new { lease.TaskId, lease.LeaseId, checkpoint }) > 0), cancellationToken);
    }

    private const string EndTask = """
        UPDATE tasks SET state = @State, finished_at = @Now, lease_until = NULL
        WHERE id = @TaskId AND lease_id = @LeaseId AND state = 'running' RETURNING seq
        """;

    private const string KeepResult = "UPDATE task_bodies SET result = @result, failure = NULL WHERE seq = @seq";

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(lease, QueuedTaskState.Completed, result, now, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> CancelledAsync(LeaseToken lease, string? result, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(lease, QueuedTaskState.Cancelled, result, now, cancellationToken);

    private ValueTask<LeaseStatus> EndAsync(LeaseToken lease, QueuedTaskState state, string? result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        result = Redaction.Json(_redactor, result);
        return _database.WriteAsync(
            connection =>
            {
                var seq = connection.QuerySingleOrDefault<long?>(EndTask, new { lease.TaskId, lease.LeaseId, State = state.ToName(), Now = now.ToMilliseconds() });
                return Status(seq is not null && connection.Execute(KeepResult, new { result, seq }) > 0);
            },
            cancellationToken);
    }

    private const string FailTask = """
        UPDATE tasks
        SET state = CASE WHEN NOT @Retryable OR attempt >= max_attempts THEN 'discarded' WHEN cancel_requested THEN 'cancelled' ELSE 'retryable' END,
            available_at = CASE WHEN NOT @Retryable OR attempt >= max_attempts OR cancel_requested THEN available_at ELSE @AvailableAt END,
            finished_at = CASE WHEN NOT @Retryable OR attempt >= max_attempts OR cancel_requested THEN @Now END,
            lease_until = NULL
        WHERE id = @TaskId AND lease_id = @LeaseId AND state = 'running' RETURNING seq
        """;

    private const string KeepFailure = "UPDATE task_bodies SET failure = @failure, result = coalesce(@result, result) WHERE seq = @seq";

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> FailAsync(LeaseToken lease, TaskFailure failure, TimeSpan backoff, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoff, TimeSpan.Zero);
        var result = Redaction.Json(_redactor, failure.Result);
        var kept = OrchestratorJson.Write(failure with { Message = Redaction.Text(_redactor, failure.Message), Result = result }, OrchestratorJsonContext.Default.TaskFailure);
        var delay = failure.RetryAfter > backoff ? failure.RetryAfter.Value : backoff;
        return _database.WriteAsync(
            connection =>
            {
                var seq = connection.QuerySingleOrDefault<long?>(FailTask, new
                {
                    lease.TaskId,
                    lease.LeaseId,
                    failure.Retryable,
                    AvailableAt = (now + delay).ToMilliseconds(),
                    Now = now.ToMilliseconds(),
                });
                return Status(seq is not null && connection.Execute(KeepFailure, new { failure = kept, result, seq }) > 0);
            },
            cancellationToken);
    }

    private const string ReleaseTask = """
        UPDATE tasks
        SET state = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'available' END, finished_at = CASE WHEN cancel_requested THEN @Now END,
            attempt = attempt - 1, lease_until = NULL
        WHERE id = @TaskId AND lease_id = @LeaseId AND state = 'running'
        """;

    /// <inheritdoc/>
    public ValueTask<LeaseStatus> ReleaseAsync(LeaseToken lease, DateTimeOffset now, CancellationToken cancellationToken) => _database.WriteAsync(
        connection => Status(connection.Execute(ReleaseTask, new { lease.TaskId, lease.LeaseId, Now = now.ToMilliseconds() }) > 0), cancellationToken);

    private const string FindState = "SELECT state FROM tasks WHERE id = @taskId";

    private const string CancelWaiting = "UPDATE tasks SET state = 'cancelled', finished_at = @Now WHERE id = @taskId";

    private const string CancelRunning = "UPDATE tasks SET cancel_requested = 1 WHERE id = @taskId";

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> CancelAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.WriteAsync(
            connection =>
            {
                switch (connection.QuerySingleOrDefault<string>(FindState, new { taskId }))
                {
                    case null:
                        return TaskChangeStatus.NotFound;
                    case "running":
                        connection.Execute(CancelRunning, new { taskId });
                        return TaskChangeStatus.Requested;
                    case "available" or "scheduled" or "retryable" or "blocked":
                        connection.Execute(CancelWaiting, new { taskId, Now = now.ToMilliseconds() });
                        return TaskChangeStatus.Changed;
                    default:
                        return TaskChangeStatus.WrongState;
                }
            },
            cancellationToken);
    }

    private const string RetryTask = """
        UPDATE OR IGNORE tasks
        SET state = 'available', available_at = @Now, attempt = 0, crashes = 0, cancel_requested = 0, finished_at = NULL,
            deadline = CASE WHEN deadline > @Now THEN deadline END
        WHERE id = @taskId AND state IN ('discarded', 'cancelled')
        """;

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> RetryAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.WriteAsync(
            connection => connection.QuerySingleOrDefault<string>(FindState, new { taskId }) is null ? TaskChangeStatus.NotFound
                : connection.Execute(RetryTask, new { taskId, Now = now.ToMilliseconds() }) > 0 ? TaskChangeStatus.Changed
                : TaskChangeStatus.WrongState,
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerId);
        return _database.WriteAsync(connection => SqliteTaskSweeps.Reclaim(connection, workerId, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> ReclaimExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        IfAnyAsync(SqliteTaskSweeps.AnyExpired, now, connection => SqliteTaskSweeps.ReclaimExpired(connection, now), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ValueList<string>> DiscardOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        IfAnyAsync(SqliteTaskSweeps.AnyOverdue, now, connection => SqliteTaskSweeps.DiscardOverdue(connection, now), cancellationToken);

    // Every worker sweeps at every poll, and there is hardly ever anything to do: a look costs no write lock and no commit.
    private async ValueTask<ValueList<string>> IfAnyAsync(string any, DateTimeOffset now, Func<SqliteConnection, ValueList<string>> work, CancellationToken cancellationToken) =>
        await _database.ReadAsync(connection => connection.ExecuteScalar<bool>(any, new { Now = now.ToMilliseconds() }), cancellationToken).ConfigureAwait(false)
            ? await _database.WriteAsync(work, cancellationToken).ConfigureAwait(false)
            : [];

    private static LeaseStatus Status(bool held) => held ? LeaseStatus.Held : LeaseStatus.Lost;
}
