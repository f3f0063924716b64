namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>An available task that a worker may take.</summary>
/// <param name="Rank">The lowest goes first.</param>
/// <param name="Seq">The lowest goes first of the same rank.</param>
/// <param name="Slots">How many slots it takes.</param>
internal readonly record struct TaskCandidate(long Rank, long Seq, long Slots)
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "tasks.rank, tasks.seq, tasks.slots";

    /// <summary>Maps a row of <see cref="Columns"/>.</summary>
    public static TaskCandidate Read(SqliteRow row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));

    /// <summary>Whether it goes before another one.</summary>
    public bool IsBefore(TaskCandidate other) => (Rank, Seq).CompareTo((other.Rank, other.Seq)) < 0;
}
