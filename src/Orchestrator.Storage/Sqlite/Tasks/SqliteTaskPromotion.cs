using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Makes tasks of a queue available whose time has come, and puts off those whose window closed, in a transaction that is open.</summary>
internal static class SqliteTaskPromotion
{
    // So many at most, so that no call takes long; the next one goes on.
    private const int BatchSize = 1000;

    public const string FindClosed = """
        SELECT seq, state, time_window FROM tasks INDEXED BY tasks_closing
        WHERE queue = @Queue AND closes_at IS NOT NULL AND closes_at <= @Now AND state IN ('available', 'scheduled', 'retryable')
        ORDER BY closes_at LIMIT @Limit
        """;

    private const string Prolong = "UPDATE tasks SET closes_at = @ClosesAt WHERE seq = @Seq";

    private const string PutOff = """
        UPDATE tasks SET state = @State, available_at = @AvailableAt, closes_at = @ClosesAt, rank = @AvailableAt - priority * ageing, changed_at = @Now WHERE seq = @Seq
        """;

    public const string PromoteDue = """
        UPDATE tasks SET state = 'available', changed_at = @Now
        WHERE seq IN (
            SELECT seq FROM tasks INDEXED BY tasks_due
            WHERE queue = @Queue AND state IN ('scheduled', 'retryable') AND available_at <= @Now AND (closes_at IS NULL OR closes_at > @Now)
            ORDER BY available_at LIMIT @Limit)
        """;

    public static void Promote(SqliteConnection connection, string queue, DateTimeOffset now)
    {
        var at = now.ToMilliseconds();
        var closed = connection.Statement(FindClosed).Set("@Queue", queue).Set("@Now", at).Set("@Limit", BatchSize)
            .Query(row => (Seq: row.GetInt64(0), State: row.GetString(1), Window: row.GetString(2)));
        foreach (var (seq, state, window) in closed)
        {
            var times = TaskTimes.From(window, now);
            if (times.AvailableAt <= at)
            {
                connection.Statement(Prolong).Set("@ClosesAt", times.ClosesAt).Set("@Seq", seq).Execute();
            }
            else
            {
                connection.Statement(PutOff)
                    .Set("@State", state == "available" ? "scheduled" : state)
                    .Set("@AvailableAt", times.AvailableAt).Set("@ClosesAt", times.ClosesAt).Set("@Now", at).Set("@Seq", seq)
                    .Execute();
            }
        }

        connection.Statement(PromoteDue).Set("@Queue", queue).Set("@Now", at).Set("@Limit", BatchSize).Execute();
    }
}
