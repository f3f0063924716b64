using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Lets a waiting task take over the values of a new one that has the same deduplication key.</summary>
internal static class SqliteTaskReplacing
{
    private const string ReplaceTask = """
        UPDATE tasks
        SET type = @Type, state = CASE WHEN state = 'blocked' THEN 'blocked' ELSE @State END, priority = @Priority, available_at = @AvailableAt, deadline = @Deadline,
            attempt = 0, max_attempts = @MaxAttempts, crashes = 0, trace_parent = @TraceParent, rank = @Rank, ageing = @Ageing, changed_at = @Now, slots = @Slots,
            group_key = @Group, is_assigned = @IsAssigned, assigned_worker = @Worker, assigned_container = @Container, required_labels = @Labels,
            payload_version = @Version, timeout = @Timeout, time_window = @Window, closes_at = @ClosesAt
        WHERE seq = @Seq
        """;

    private const string ReplaceBody = "UPDATE task_bodies SET payload = @Payload, checkpoint = NULL, result = NULL, failure = NULL WHERE seq = @Seq";

    private const string ForgetProgress = "UPDATE task_progress SET percent = NULL, message = NULL WHERE task_seq = @Seq";

    public static void Replace(SqliteConnection connection, KeyHolder holder, PreparedTask task, long ageing, DateTimeOffset now)
    {
        var submission = task.Submission;
        var times = task.TimesFrom(now);
        var at = now.ToMilliseconds();
        connection.Statement(ReplaceTask)
            .Set("@Seq", holder.Seq)
            .Set("@Type", submission.Type)
            .Set("@State", times.AvailableAt > at ? "scheduled" : "available")
            .Set("@Priority", submission.Priority)
            .Set("@AvailableAt", times.AvailableAt)
            .Set("@Deadline", submission.Deadline.ToMilliseconds())
            .Set("@MaxAttempts", submission.MaxAttempts)
            .Set("@TraceParent", submission.TraceParent)
            .Set("@Rank", times.AvailableAt - (submission.Priority * ageing))
            .Set("@Ageing", ageing)
            .Set("@Now", at)
            .Set("@Slots", submission.Slots)
            .Set("@Group", submission.Group)
            .Set("@IsAssigned", submission.Assignment is { IsAnyone: false })
            .Set("@Worker", submission.Assignment?.WorkerName)
            .Set("@Container", submission.Assignment?.ContainerName)
            .Set("@Labels", task.Labels)
            .Set("@Version", submission.PayloadVersion)
            .Set("@Timeout", (long?)submission.Timeout?.TotalMilliseconds)
            .Set("@Window", task.Window)
            .Set("@ClosesAt", times.ClosesAt)
            .Execute();
        connection.Statement(ReplaceBody).Set("@Payload", task.Payload).Set("@Seq", holder.Seq).Execute();
        connection.Statement(ForgetProgress).Set("@Seq", holder.Seq).Execute();
    }
}
