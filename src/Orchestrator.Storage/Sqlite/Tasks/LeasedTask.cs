namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>What ending a lease must know of its task.</summary>
internal readonly record struct LeasedTask(long Seq, bool IsLastAttempt, bool CancelRequested, bool HasPlan, long Head, string? Window)
{
    /// <summary>Finds the task if the lease still holds.</summary>
    public const string Find = """
        SELECT seq, attempt >= max_attempts, cancel_requested, plan_id IS NOT NULL, priority * ageing, time_window
        FROM tasks WHERE id = @Id AND lease_id = @LeaseId AND state = 'running'
        """;

    /// <summary>Maps a row of <see cref="Find"/>.</summary>
    public static LeasedTask? Read(SqliteRow row) =>
        new LeasedTask(row.GetInt64(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), row.GetInt64(4), row.GetStringOrNull(5));
}
