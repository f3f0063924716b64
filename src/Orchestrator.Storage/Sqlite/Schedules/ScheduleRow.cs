using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue.Schedules;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Schedules;

/// <summary>A schedule as SQLite keeps it.</summary>
internal static class ScheduleRow
{
    public const string Columns = "schedule, next_at, last_at, last_task_id, created_at";

    private const string Find = $"SELECT {Columns} FROM task_schedules WHERE id = @id";

    private const string Upsert = """
        INSERT INTO task_schedules (id, schedule, next_at, created_at) VALUES (@id, @schedule, @next, @now)
        ON CONFLICT (id) DO UPDATE SET schedule = excluded.schedule, next_at = excluded.next_at
        """;

    /// <summary>The JSON that is stored.</summary>
    public static string Write(TaskSchedule schedule, ISecretRedactor? redactor)
    {
        // Only what its owner says, as in a task: names and times are what it works by.
        var clean = schedule with { Task = schedule.Task with { Payload = Redaction.Json(redactor, schedule.Task.Payload)! } };
        return OrchestratorJson.Write(clean, OrchestratorJsonContext.Default.TaskSchedule);
    }

    public static ScheduleStatus Put(SqliteConnection connection, string id, string json, DateTimeOffset? nextAt, DateTimeOffset now)
    {
        connection.Statement(Upsert).Set("@id", id).Set("@schedule", json).Set("@next", nextAt.ToMilliseconds()).Set("@now", now.ToMilliseconds()).Execute();
        return Get(connection, id)!;
    }

    public static ScheduleStatus? Get(SqliteConnection connection, string id) => connection.Statement(Find).Set("@id", id).Single(Read);

    public static ScheduleStatus Read(SqliteRow row) => new()
    {
        Schedule = OrchestratorJson.Read(row.GetString(0), OrchestratorJsonContext.Default.TaskSchedule),
        NextAt = SqliteTime.ToTime(row.GetInt64OrNull(1)),
        LastAt = SqliteTime.ToTime(row.GetInt64OrNull(2)),
        LastTaskId = row.GetStringOrNull(3),
        CreatedAt = SqliteTime.ToTime(row.GetInt64(4)),
    };
}
