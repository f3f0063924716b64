using Orchestrator.Queue;
using Orchestrator.Storage.PostgreSql.Operations;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>What operators see and do, in PostgreSQL.</summary>
/// <remarks>
/// Thread-safe; a singleton. The feed of events holds an event back while a transaction is under way that may still commit an earlier one: a host's transaction
/// that stays open for long delays the feed.
/// </remarks>
public sealed class PostgreSqlTaskOperations : ITaskOperations
{
    private readonly PostgreSqlDatabase _database;

    /// <summary>Makes the operations.</summary>
    /// <param name="database">The database.</param>
    public PostgreSqlTaskOperations(PostgreSqlDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _database.RunAsync((session, cancel) => TaskLists.ListAsync(session, query, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<QueueStatistics> GetStatisticsAsync(string? queue, CancellationToken cancellationToken) =>
        _database.RunAsync((session, cancel) => Queues.CountAsync(session, queue, cancel), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ValueList<QueueStatus>> GetQueuesAsync(CancellationToken cancellationToken) => _database.RunAsync(Queues.ListAsync, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SetQueueAsync(QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _database.RunAsync((session, cancel) => Queues.SetAsync(session, settings, now, cancel), cancellationToken).ConfigureAwait(false);
        _database.Announcer.Announce(settings.Queue);
    }

    /// <inheritdoc/>
    public async ValueTask SetLimitsAsync(QueueSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _database.RunAsync((session, cancel) => Queues.SetLimitsAsync(session, settings, now, cancel), cancellationToken).ConfigureAwait(false);
        _database.Announcer.Announce(settings.Queue);
    }

    /// <inheritdoc/>
    public async ValueTask PauseAsync(string queue, bool isPaused, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        await _database.RunAsync((session, cancel) => Queues.PauseAsync(session, queue, isPaused, now, cancel), cancellationToken).ConfigureAwait(false);
        _database.Announcer.Announce(queue);
    }

    /// <inheritdoc/>
    public async ValueTask SetGroupAsync(GroupSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await _database.RunAsync((session, cancel) => Queues.SetGroupAsync(session, settings, now, cancel), cancellationToken).ConfigureAwait(false);
        _database.Announcer.Announce(settings.Queue);
    }

    /// <inheritdoc/>
    public async ValueTask<int> RequestReleaseAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        var asked = await OperatorChanges.RequestReleaseAsync(_database, queue, cancellationToken).ConfigureAwait(false);
        _database.Announcer.Announce(queue);
        return asked;
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> CancelAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return OperatorChanges.CancelAsync(_database, taskId, now, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ValueList<TaskChangeStatus>> RetryAsync(ValueList<string> taskIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        var (statuses, queues) = await _database.TransactAsync((session, cancel) => new TaskRetries(session, now).RunAsync(taskIds, cancel), cancellationToken).ConfigureAwait(false);
        await Tasks.TaskWindows.FollowAsync(_database, queues, queues, now, cancellationToken).ConfigureAwait(false);
        return statuses;
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> ReprioritizeAsync(string taskId, int priority, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, -100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 100);
        return _database.RunAsync((session, cancel) => OperatorChanges.ReprioritizeAsync(session, taskId, priority, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> DeleteAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.TransactAsync((session, cancel) => OperatorChanges.DeleteAsync(session, taskId, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskAttempt>> GetAttemptsAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.RunAsync((session, cancel) => TaskHistory.AttemptsAsync(session, taskId, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskLogLine>> GetLogAsync(string taskId, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.RunAsync((session, cancel) => TaskHistory.LogAsync(session, taskId, after, limit, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskEvent>> GetEventsAsync(long after, int limit, string? taskId, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.RunAsync((session, cancel) => TaskHistory.EventsAsync(session, after, limit, taskId, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<TaskWait>> ExplainAsync(string taskId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.RunAsync((session, cancel) => TaskWaits.ExplainAsync(session, taskId, now, cancel), cancellationToken);
    }
}
