using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.Sqlite;

/// <summary>What operators see and do, in SQLite.</summary>
/// <remarks>Thread-safe; a singleton.</remarks>
public sealed class SqliteTaskOperations : ITaskOperations
{
    private readonly SqliteDatabase _database;

    /// <summary>Makes the operations.</summary>
    /// <param name="database">The database.</param>
    public SqliteTaskOperations(SqliteDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _database.ReadAsync(SqliteSnapshot.Of(connection => SqliteTaskLists.List(connection, query)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<QueueStatistics> GetStatisticsAsync(string? queue, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => SqliteQueues.Count(connection, queue), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ValueList<QueueStatus>> GetQueuesAsync(CancellationToken cancellationToken) => _database.ReadAsync(SqliteSnapshot.Of(SqliteQueues.List), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SetQueueAsync(QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _database.WriteAsync(connection => SqliteQueues.Set(connection, settings, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask SetLimitsAsync(QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _database.WriteAsync(connection => SqliteQueues.SetLimits(connection, settings, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask PauseAsync(string queue, bool isPaused, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        await _database.WriteAsync(connection => SqliteQueues.Pause(connection, queue, isPaused, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask SetGroupAsync(GroupSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _database.WriteAsync(connection => SqliteQueues.SetGroup(connection, settings, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<int> RequestReleaseAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return _database.WriteAsync(connection => SqliteTaskChanges.RequestRelease(connection, queue), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> CancelAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.WriteAsync(connection => SqliteTaskChanges.Cancel(connection, taskId, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskChangeStatus>> RetryAsync(ValueList<string> taskIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        return _database.WriteAsync(connection => SqliteTaskRetries.Retry(connection, taskIds, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> ReprioritizeAsync(string taskId, int priority, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, -100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 100);
        return _database.WriteAsync(connection => SqliteTaskChanges.Reprioritize(connection, taskId, priority), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> DeleteAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.WriteAsync(connection => SqliteTaskChanges.Delete(connection, taskId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskAttempt>> GetAttemptsAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.ReadAsync(connection => SqliteTaskHistory.Attempts(connection, taskId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskLogLine>> GetLogAsync(string taskId, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.ReadAsync(connection => SqliteTaskHistory.Log(connection, taskId, after, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskEvent>> GetEventsAsync(long after, int limit, string? taskId, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.ReadAsync(connection => SqliteTaskHistory.Events(connection, after, limit, taskId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskWait>> ExplainAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.ReadAsync(SqliteSnapshot.Of(connection => SqliteTaskWaits.Explain(connection, taskId, now)), cancellationToken);
    }
}
