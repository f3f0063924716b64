using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue.Plans;

namespace Orchestrator.Storage.Sqlite.Plans;

/// <summary>Whether the condition of a task of a plan came true, may still do so, or cannot.</summary>
internal static class SqlitePlanConditions
{
    private const string ReadCondition = "SELECT plan_condition FROM tasks WHERE seq = @seq";

    // A task that depends on thousands must not read them all each time one ends: its parents mostly end from one side on, or in no order at all, and then an
    // unfinished one stands near the other side, or anywhere.
    private const int Near = 16;
    private const int Far = 512;

    private const string CountFirst = """
        SELECT count(*), count(CASE WHEN tasks.state NOT IN ('completed', 'cancelled', 'discarded') THEN 1 END)
        FROM (SELECT depends_on_seq FROM task_dependencies WHERE task_seq = @seq ORDER BY depends_on_seq LIMIT @limit) AS parents
            CROSS JOIN tasks ON tasks.seq = parents.depends_on_seq
        """;

    private const string FirstUnfinished = """
        SELECT 1 FROM (SELECT depends_on_seq FROM task_dependencies WHERE task_seq = @seq ORDER BY depends_on_seq LIMIT @limit) AS parents
            CROSS JOIN tasks ON tasks.seq = parents.depends_on_seq
        WHERE tasks.state NOT IN ('completed', 'cancelled', 'discarded') LIMIT 1
        """;

    private const string LastUnfinished = """
        SELECT 1 FROM (SELECT depends_on_seq FROM task_dependencies WHERE task_seq = @seq ORDER BY depends_on_seq DESC LIMIT @limit) AS parents
            CROSS JOIN tasks ON tasks.seq = parents.depends_on_seq
        WHERE tasks.state NOT IN ('completed', 'cancelled', 'discarded') LIMIT 1
        """;

    // Each look goes from the latest parent back and stops at the first that answers it.
    private const string AnyCompleted = """
        SELECT 1 FROM task_dependencies CROSS JOIN tasks ON tasks.seq = task_dependencies.depends_on_seq
        WHERE task_dependencies.task_seq = @seq AND tasks.state = 'completed'
        ORDER BY task_dependencies.depends_on_seq DESC LIMIT 1
        """;

    private const string AnyFailed = """
        SELECT 1 FROM task_dependencies CROSS JOIN tasks ON tasks.seq = task_dependencies.depends_on_seq
        WHERE task_dependencies.task_seq = @seq AND tasks.state IN ('cancelled', 'discarded')
        ORDER BY task_dependencies.depends_on_seq DESC LIMIT 1
        """;

    /// <summary>Judges a task.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="seq">The task.</param>
    /// <param name="ended">
    /// The state of a task it depends on that has just ended, when it was blocked until then: what ended before left the question open, so that it mostly decides.
    /// <see langword="null"/> to judge from scratch.
    /// </param>
    public static PlanProspect Judge(SqliteConnection connection, long seq, string? ended)
    {
        var condition = EnumNames.Parse<PlanCondition>(connection.Statement(ReadCondition).Set("@seq", seq).Single(row => row.GetStringOrNull(0)));
        return condition switch
        {
            PlanCondition.AllFinished => AnyUnfinished(connection, seq) ? PlanProspect.Open : PlanProspect.Met,
            PlanCondition.AnySucceeded => JudgeAny(connection, seq, AnyCompleted, ended is null ? null : ended == "completed"),
            PlanCondition.AnyFailed => JudgeAny(connection, seq, AnyFailed, ended is null ? null : ended != "completed"),
            _ => JudgeAll(connection, seq, ended is null ? null : ended != "completed"),
        };
    }

    // Several may have ended at once: before it is called unmet, all of them are looked at.
    private static PlanProspect JudgeAny(SqliteConnection connection, long seq, string wanted, bool? found) =>
        found ?? Any(connection, wanted, seq) ? PlanProspect.Met
        : AnyUnfinished(connection, seq) ? PlanProspect.Open
        : found is not null && Any(connection, wanted, seq) ? PlanProspect.Met
        : PlanProspect.Unmet;

    private static PlanProspect JudgeAll(SqliteConnection connection, long seq, bool? failed) =>
        failed ?? Any(connection, AnyFailed, seq) ? PlanProspect.Unmet
        : AnyUnfinished(connection, seq) ? PlanProspect.Open
        : failed is not null && Any(connection, AnyFailed, seq) ? PlanProspect.Unmet
        : PlanProspect.Met;

    private static bool AnyUnfinished(SqliteConnection connection, long seq)
    {
        var (looked, unfinished) = connection.Statement(CountFirst).Set("@seq", seq).Set("@limit", Near).Single(row => (row.GetInt64(0), row.GetInt64(1)));
        return unfinished > 0
            || (looked == Near
                && (Any(connection, LastUnfinished, seq, Near) || Any(connection, FirstUnfinished, seq, Far) || Any(connection, LastUnfinished, seq, long.MaxValue)));
    }

    private static bool Any(SqliteConnection connection, string sql, long seq, long limit) =>
        connection.Statement(sql).Set("@seq", seq).Set("@limit", limit).Scalar() is not null;

    private static bool Any(SqliteConnection connection, string sql, long seq) => connection.Statement(sql).Set("@seq", seq).Scalar() is not null;
}
