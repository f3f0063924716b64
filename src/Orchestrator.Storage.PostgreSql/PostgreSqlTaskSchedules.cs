using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Queue.Schedules;
using Orchestrator.Secrets;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Schedules;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Schedules in PostgreSQL, table <c>task_schedules</c>.</summary>
/// <remarks>Thread-safe; a singleton. The payload of a schedule's task is redacted before it is stored.</remarks>
public sealed class PostgreSqlTaskSchedules : ITaskScheduleStore
{
    private readonly PostgreSqlDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the store.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public PostgreSqlTaskSchedules(PostgreSqlDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    private const string Put = $$"""
        INSERT INTO {schema}.task_schedules (id, schedule, next_at, created_at) VALUES ($1, $2, $3::bigint, $4)
        ON CONFLICT (id) DO UPDATE SET schedule = excluded.schedule, next_at = excluded.next_at
        RETURNING {{ScheduleRow.Columns}}
        """;

    /// <inheritdoc/>
    public async ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var json = ScheduleRow.Write(schedule, _redactor);
        var put = await _database.RunAsync(
            (session, cancel) => session.FirstAsync(Put, Read, cancel, schedule.Id, json, nextAt?.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()), cancellationToken).ConfigureAwait(false);
        return put!.Status!;
    }

    private const string Find = $"SELECT {ScheduleRow.Columns} FROM {{schema}}.task_schedules WHERE id = $1";

    /// <inheritdoc/>
    public ValueTask<StoredSchedule?> GetAsync(string scheduleId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return _database.RunAsync((session, cancel) => session.FirstAsync(Find, Read, cancel, scheduleId), cancellationToken);
    }

    private const string ReadAll = $"SELECT {ScheduleRow.Columns} FROM {{schema}}.task_schedules ORDER BY id";

    /// <inheritdoc/>
    public async ValueTask<ValueList<StoredSchedule>> ListAsync(CancellationToken cancellationToken) =>
        (await _database.RunAsync((session, cancel) => session.QueryAsync(ReadAll, Read, cancel), cancellationToken).ConfigureAwait(false)).ToValueList();

    private const string ReadDue = $"SELECT {ScheduleRow.Columns} FROM {{schema}}.task_schedules WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at, id LIMIT $2";

    /// <inheritdoc/>
    public async ValueTask<ValueList<StoredSchedule>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return (await _database.RunAsync(
            (session, cancel) => session.QueryAsync(ReadDue, Read, cancel, now.ToUnixTimeMilliseconds(), limit), cancellationToken).ConfigureAwait(false)).ToValueList();
    }

    private const string ReadNext = "SELECT min(next_at) FROM {schema}.task_schedules WHERE next_at IS NOT NULL";

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset?> GetNextAsync(CancellationToken cancellationToken) =>
        SqliteTime.ToTime(await _database.RunAsync((session, cancel) => session.NumberAsync(ReadNext, cancel), cancellationToken).ConfigureAwait(false));

    private const string LockDue = "SELECT next_at FROM {schema}.task_schedules WHERE id = $1 AND next_at = $2 FOR UPDATE";

    private const string MoveOn = """
        UPDATE {schema}.task_schedules
        SET next_at = $2::bigint, last_at = CASE WHEN $3 THEN $4 ELSE last_at END, last_task_id = coalesce($5::text, last_task_id)
        WHERE id = $1
        """;

    /// <inheritdoc/>
    public async ValueTask<bool> FireAsync(ScheduleStatus due, ValueList<TaskSubmission> tasks, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(due);
        var prepared = PreparedTask.From(tasks, _redactor);
        if (due.NextAt is not { } at)
        {
            return false;
        }

        var fired = await _database.TransactAsync(
            async (session, cancel) =>
            {
                if (await session.NumberAsync(LockDue, cancel, due.Schedule.Id, at.ToUnixTimeMilliseconds()).ConfigureAwait(false) is null)
                {
                    return false;
                }

                var results = await TaskAdding.AddAsync(session, prepared, now, cancel).ConfigureAwait(false);
                var last = results.LastOrDefault(result => result.Status == EnqueueStatus.Enqueued).TaskId;
                await session.ExecuteAsync(
                    MoveOn, cancel, due.Schedule.Id, nextAt?.ToUnixTimeMilliseconds(), prepared.Length > 0, at.ToUnixTimeMilliseconds(), last).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (fired)
        {
            _database.Announcer.Announce(tasks.Select(task => task.Queue).Distinct());
        }

        return fired;
    }

    private const string Remove = "DELETE FROM {schema}.task_schedules WHERE id = $1";

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return await _database.RunAsync((session, cancel) => session.ExecuteAsync(Remove, cancel, scheduleId), cancellationToken).ConfigureAwait(false) > 0;
    }

    private static StoredSchedule Read(NpgsqlDataReader row) => ScheduleRow.Read(
        row.GetString(0), row.GetString(1), SqliteTime.ToTime(row.GetInt64OrNull(2)), SqliteTime.ToTime(row.GetInt64OrNull(3)), row.GetStringOrNull(4),
        SqliteTime.ToTime(row.GetInt64(5)));
}
