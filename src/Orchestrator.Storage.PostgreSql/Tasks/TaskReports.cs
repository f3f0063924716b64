using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>What workers write about tasks that they hold, and what they ask about others.</summary>
internal static class TaskReports
{
    // Nobody may end the lease between this look and the write.
    private const string FindHeld = "SELECT seq FROM {schema}.tasks WHERE id = $1 AND lease_id = $2 AND state = 'running' FOR SHARE";

    private const string KeepCheckpoint = "UPDATE {schema}.task_bodies SET checkpoint = $2 WHERE seq = $1";

    private const string KeepProgress = """
        INSERT INTO {schema}.task_progress (task_seq, percent, message, created_at) VALUES ($1, $2::double precision, $3::text, $4)
        ON CONFLICT (task_seq) DO UPDATE SET percent = excluded.percent, message = excluded.message
        """;

    private const string CountLines = """
        INSERT INTO {schema}.task_progress AS p (task_seq, log_lines, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (task_seq) DO UPDATE SET log_lines = p.log_lines + excluded.log_lines
        RETURNING log_lines::bigint
        """;

    private const string AddLines = """
        INSERT INTO {schema}.task_log_lines (task_seq, lease_id, level, text, created_at)
        SELECT $1, $2, l.level, l.text, l.at FROM unnest($3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY AS l (level, text, at, place) ORDER BY l.place
        """;

    private const string DropLines = """
        DELETE FROM {schema}.task_log_lines WHERE id IN (SELECT id FROM {schema}.task_log_lines WHERE task_seq = $1 ORDER BY id LIMIT $2)
        """;

    private const string FindDependencies = """
        SELECT p.id, p.state, b.result
        FROM {schema}.tasks t
        JOIN {schema}.task_dependencies d ON d.task_seq = t.seq
        JOIN {schema}.tasks p ON p.seq = d.depends_on_seq
        JOIN {schema}.task_bodies b ON b.seq = p.seq
        WHERE t.id = $1 AND p.state IN ('completed', 'cancelled', 'discarded')
        ORDER BY p.id
        """;

    public static async ValueTask<LeaseStatus> CheckpointAsync(PostgreSqlSession session, LeaseToken lease, string checkpoint, CancellationToken cancellationToken)
    {
        if (await session.NumberAsync(FindHeld, cancellationToken, lease.TaskId, lease.LeaseId).ConfigureAwait(false) is not { } seq)
        {
            return LeaseStatus.Lost;
        }

        await session.ExecuteAsync(KeepCheckpoint, cancellationToken, seq, checkpoint).ConfigureAwait(false);
        return LeaseStatus.Held;
    }

    /// <summary>Keeps progress and lines that were redacted and cut.</summary>
    public static async ValueTask<LeaseStatus> ReportAsync(
        PostgreSqlSession session, LeaseToken lease, TaskProgress? progress, TaskLogLine[] lines, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await session.NumberAsync(FindHeld, cancellationToken, lease.TaskId, lease.LeaseId).ConfigureAwait(false) is not { } seq)
        {
            return LeaseStatus.Lost;
        }

        var at = now.ToUnixTimeMilliseconds();
        if (progress is { } far)
        {
            await session.ExecuteAsync(KeepProgress, cancellationToken, seq, far.Percent, far.Message, at).ConfigureAwait(false);
        }

        if (lines.Length > 0)
        {
            await AddAsync(session, seq, lease.LeaseId, lines, at, cancellationToken).ConfigureAwait(false);
        }

        return LeaseStatus.Held;
    }

    public static async ValueTask<ValueList<DependencyResult>> DependenciesAsync(PostgreSqlSession session, string taskId, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            FindDependencies, static row => new DependencyResult(row.GetString(0), EnumNames.Parse<QueuedTaskState>(row.GetString(1)), row.GetStringOrNull(2)),
            cancellationToken, taskId).ConfigureAwait(false);
        return rows.ToValueList();
    }

    /// <summary>The beginning of a text, never half a character.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    // A counter, because counting up to the limit with every report would cost more than the report.
    private static async ValueTask AddAsync(PostgreSqlSession session, long seq, long leaseId, TaskLogLine[] lines, long now, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            AddLines, cancellationToken, seq, leaseId, Array.ConvertAll(lines, line => line.Level.ToName()), Array.ConvertAll(lines, line => line.Text),
            Array.ConvertAll(lines, line => line.At == default ? now : line.At.ToUnixTimeMilliseconds())).ConfigureAwait(false);
        var count = await session.NumberAsync(CountLines, cancellationToken, seq, lines.Length, now).ConfigureAwait(false);
        if (count > TaskStoreLimits.MaxLogLines)
        {
            var dropped = (int)count.Value - TaskStoreLimits.MaxLogLines;
            await session.ExecuteAsync(DropLines, cancellationToken, seq, dropped).ConfigureAwait(false);
            await session.NumberAsync(CountLines, cancellationToken, seq, -dropped, now).ConfigureAwait(false);
        }
    }
}
