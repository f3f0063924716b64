using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue.Schedules;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Schedules;

/// <summary>A schedule as a database keeps it.</summary>
internal static class ScheduleRow
{
    public const string Columns = "id, schedule, next_at, last_at, last_task_id, created_at";

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
        return Get(connection, id)!.Status!;
    }

    public static StoredSchedule? Get(SqliteConnection connection, string id) => connection.Statement(Find).Set("@id", id).Single(Read);

    public static StoredSchedule Read(SqliteRow row) => Read(
        row.GetString(0), row.GetString(1), SqliteTime.ToTime(row.GetInt64OrNull(2)), SqliteTime.ToTime(row.GetInt64OrNull(3)), row.GetStringOrNull(4),
        SqliteTime.ToTime(row.GetInt64(5)));

    /// <summary>Reads a row of any engine: what was changed by hand, or by a version that is not known yet, must not stop the others.</summary>
    public static StoredSchedule Read(string id, string json, DateTimeOffset? nextAt, DateTimeOffset? lastAt, string? lastTaskId, DateTimeOffset createdAt)
    {
        try
        {
            var schedule = OrchestratorJson.Read(json, OrchestratorJsonContext.Default.TaskSchedule);
            var status = new ScheduleStatus { Schedule = schedule, NextAt = nextAt, LastAt = lastAt, LastTaskId = lastTaskId, CreatedAt = createdAt };
            return new StoredSchedule { Id = id, NextAt = nextAt, Status = status };
        }
        catch (JsonException error)
        {
            // Only the place: the rest of the message may hold a part of the payload.
            var place = error.Path is { } path ? $"at {path}, byte {error.BytePositionInLine} of line {error.LineNumber + 1}" : "in one of its values";
            return new StoredSchedule { Id = id, NextAt = nextAt, Problem = $"its JSON is wrong {place}" };
        }
    }
}
