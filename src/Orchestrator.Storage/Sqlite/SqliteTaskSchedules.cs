using Orchestrator.Queue;
using Orchestrator.Queue.Schedules;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Schedules;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Schedules in SQLite, table <c>task_schedules</c>.</summary>
/// <remarks>Thread-safe; a singleton. The payload of a schedule's task is redacted before it is stored.</remarks>
public sealed class SqliteTaskSchedules : ITaskScheduleStore
{
    private readonly SqliteDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the store.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public SqliteTaskSchedules(SqliteDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    /// <inheritdoc/>
    public ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var json = ScheduleRow.Write(schedule, _redactor);
        return _database.WriteAsync(connection => ScheduleRow.Put(connection, schedule.Id, json, nextAt, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoredSchedule?> GetAsync(string scheduleId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return _database.ReadAsync(connection => ScheduleRow.Get(connection, scheduleId), cancellationToken);
    }

    private const string ReadAll = $"SELECT {ScheduleRow.Columns} FROM task_schedules ORDER BY id";

    /// <inheritdoc/>
    public ValueTask<ValueList<StoredSchedule>> ListAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => connection.Statement(ReadAll).Query(ScheduleRow.Read).ToValueList(), cancellationToken);

    private const string ReadDue = $"""
        SELECT {ScheduleRow.Columns} FROM task_schedules INDEXED BY task_schedules_due WHERE next_at IS NOT NULL AND next_at <= @now ORDER BY next_at, id LIMIT @limit
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<StoredSchedule>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.ReadAsync(
            connection => connection.Statement(ReadDue).Set("@now", now.ToMilliseconds()).Set("@limit", limit).Query(ScheduleRow.Read).ToValueList(), cancellationToken);
    }

    private const string ReadNext = "SELECT next_at FROM task_schedules INDEXED BY task_schedules_due WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1";

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> GetNextAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => SqliteTime.ToTime(connection.Statement(ReadNext).Scalar()), cancellationToken);

    private const string MoveOn = """
        UPDATE task_schedules
        SET next_at = @next, last_at = CASE WHEN @enqueues THEN @due ELSE last_at END, last_task_id = coalesce(@lastTask, last_task_id)
        WHERE id = @id AND next_at = @due
        """;

    private const string IsDue = "SELECT 1 FROM task_schedules WHERE id = @id AND next_at = @due";

    /// <inheritdoc/>
    public ValueTask<bool> FireAsync(ScheduleStatus due, ValueList<TaskSubmission> tasks, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(due);
        if (due.NextAt is not { } at)
        {
            return ValueTask.FromResult(false);
        }

        var prepared = PreparedTask.From(tasks, _redactor);
        return _database.WriteAsync(
            connection =>
            {
                if (connection.Statement(IsDue).Set("@id", due.Schedule.Id).Set("@due", at.ToMilliseconds()).Scalar() is null)
                {
                    return false;
                }

                var last = SqliteTaskAdding.Add(connection, prepared, now).LastOrDefault(result => result.Status == EnqueueStatus.Enqueued).TaskId;
                return connection.Statement(MoveOn)
                    .Set("@id", due.Schedule.Id)
                    .Set("@due", at.ToMilliseconds())
                    .Set("@next", nextAt.ToMilliseconds())
                    .Set("@enqueues", prepared.Length > 0)
                    .Set("@lastTask", last)
                    .Execute() > 0;
            },
            cancellationToken);
    }

    private const string Remove = "DELETE FROM task_schedules WHERE id = @id";

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return _database.WriteAsync(connection => connection.Statement(Remove).Set("@id", scheduleId).Execute() > 0, cancellationToken);
    }
}
