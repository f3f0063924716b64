namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Tasks that ended at or before these times, in milliseconds, are old. NULL compares with nothing: what is kept for ever is never old.</summary>
internal sealed record TaskAges(long? Completed, long? Cancelled, long? Discarded)
{
    /// <summary>Whether a row of <c>tasks</c> is old.</summary>
    public const string IsOld = """
        ((state = 'completed' AND finished_at <= @completed) OR (state = 'cancelled' AND finished_at <= @cancelled) OR (state = 'discarded' AND finished_at <= @discarded))
        """;

    /// <summary>What came after it cannot be old.</summary>
    public long? Newest { get; } = new[] { Completed, Cancelled, Discarded }.Max();

    /// <summary>Sets what <see cref="IsOld"/> needs; nothing when there are no ages.</summary>
    public static SqliteStatement Set(SqliteStatement statement, TaskAges? ages) =>
        ages is null ? statement : statement.Set("@completed", ages.Completed).Set("@cancelled", ages.Cancelled).Set("@discarded", ages.Discarded);
}
