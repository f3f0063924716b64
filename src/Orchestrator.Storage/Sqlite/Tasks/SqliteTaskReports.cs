using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>What workers write about tasks that they hold, and what they ask about others.</summary>
internal static class SqliteTaskReports
{
    private const string FindFlags = """
        SELECT seq, cancel_requested, release_requested FROM tasks WHERE id = @Id AND lease_id = @LeaseId AND state = 'running'
        """;

    // By its own number and without RETURNING, which costs as much as a trigger.
    private const string RenewLease = "UPDATE tasks SET lease_until = @Until WHERE seq = @Seq";

    private const string FindHeld = "SELECT seq FROM tasks WHERE id = @Id AND lease_id = @LeaseId AND state = 'running'";

    private const string KeepCheckpoint = "UPDATE task_bodies SET checkpoint = @Checkpoint WHERE seq = @Seq";

    private const string KeepProgress = """
        INSERT INTO task_progress (task_seq, percent, message, created_at) VALUES (@Seq, @Percent, @Message, @Now)
        ON CONFLICT (task_seq) DO UPDATE SET percent = excluded.percent, message = excluded.message
        """;

    private const string AddLine = "INSERT INTO task_log_lines (task_seq, lease_id, level, text, created_at) VALUES (@Seq, @LeaseId, @Level, @Text, @At)";

    private const string CountLines = """
        INSERT INTO task_progress (task_seq, log_lines, created_at) VALUES (@Seq, @Count, @Now)
        ON CONFLICT (task_seq) DO UPDATE SET log_lines = log_lines + excluded.log_lines
        RETURNING log_lines
        """;

    private const string DropLines = "DELETE FROM task_log_lines WHERE id IN (SELECT id FROM task_log_lines WHERE task_seq = @Seq ORDER BY id LIMIT @Count)";

    private const string FindDependencies = """
        SELECT parents.id, parents.state, task_bodies.result
        FROM tasks
        JOIN task_dependencies ON task_dependencies.task_seq = tasks.seq
        JOIN tasks AS parents ON parents.seq = task_dependencies.depends_on_seq
        JOIN task_bodies ON task_bodies.seq = parents.seq
        WHERE tasks.id = @Id AND parents.state IN ('completed', 'cancelled', 'discarded')
        ORDER BY parents.id
        """;

    public static ValueList<LeaseRenewal> Renew(SqliteConnection connection, ValueList<LeaseToken> leases, DateTimeOffset until)
    {
        var renewals = new LeaseRenewal[leases.Count];
        for (var i = 0; i < renewals.Length; i++)
        {
            var lease = leases[i];
            var (seq, cancel, release) = connection.Statement(FindFlags).Set("@Id", lease.TaskId).Set("@LeaseId", lease.LeaseId)
                .Single(static row => (row.GetInt64(0), row.GetBoolean(1), row.GetBoolean(2)));
            if (seq > 0)
            {
                connection.Statement(RenewLease).Set("@Until", until.ToMilliseconds()).Set("@Seq", seq).Execute();
            }

            renewals[i] = new LeaseRenewal(lease, seq > 0 ? LeaseStatus.Held : LeaseStatus.Lost, cancel, release);
        }

        return ValueList.Create<LeaseRenewal>(renewals);
    }

    public static LeaseStatus Checkpoint(SqliteConnection connection, LeaseToken lease, string checkpoint)
    {
        if (FindSeq(connection, lease) is not { } seq)
        {
            return LeaseStatus.Lost;
        }

        connection.Statement(KeepCheckpoint).Set("@Checkpoint", checkpoint).Set("@Seq", seq).Execute();
        return LeaseStatus.Held;
    }

    /// <summary>Keeps progress and lines that were redacted and cut.</summary>
    public static LeaseStatus Report(SqliteConnection connection, LeaseToken lease, TaskProgress? progress, TaskLogLine[] lines, DateTimeOffset now)
    {
        if (FindSeq(connection, lease) is not { } seq)
        {
            return LeaseStatus.Lost;
        }

        if (progress is { } far)
        {
            connection.Statement(KeepProgress).Set("@Seq", seq).Set("@Percent", far.Percent).Set("@Message", far.Message).Set("@Now", now.ToMilliseconds()).Execute();
        }

        foreach (var line in lines)
        {
            connection.Statement(AddLine)
                .Set("@Seq", seq)
                .Set("@LeaseId", lease.LeaseId)
                .Set("@Level", line.Level.ToName())
                .Set("@Text", line.Text)
                .Set("@At", (line.At == default ? now : line.At).ToMilliseconds())
                .Execute();
        }

        if (lines.Length > 0)
        {
            DropOldLines(connection, seq, lines.Length, now);
        }

        return LeaseStatus.Held;
    }

    public static ValueList<DependencyResult> Dependencies(SqliteConnection connection, string taskId) => connection.Statement(FindDependencies)
        .Set("@Id", taskId)
        .Query(row => new DependencyResult(row.GetString(0), EnumNames.Parse<QueuedTaskState>(row.GetString(1)), row.GetStringOrNull(2)))
        .ToValueList();

    private static long? FindSeq(SqliteConnection connection, LeaseToken lease) =>
        connection.Statement(FindHeld).Set("@Id", lease.TaskId).Set("@LeaseId", lease.LeaseId).Scalar();

    // A counter, because counting up to the limit with every report would cost more than the report.
    private static void DropOldLines(SqliteConnection connection, long seq, int added, DateTimeOffset now)
    {
        var count = connection.Statement(CountLines).Set("@Seq", seq).Set("@Count", added).Set("@Now", now.ToMilliseconds()).Scalar();
        if (count > TaskStoreLimits.MaxLogLines)
        {
            var dropped = count.Value - TaskStoreLimits.MaxLogLines;
            connection.Statement(DropLines).Set("@Seq", seq).Set("@Count", dropped).Execute();
            connection.Statement(CountLines).Set("@Seq", seq).Set("@Count", -dropped).Set("@Now", now.ToMilliseconds()).Scalar();
        }
    }
}
