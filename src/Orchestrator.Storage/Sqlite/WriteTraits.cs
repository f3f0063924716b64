namespace Orchestrator.Storage.Sqlite;

/// <summary>What the writer may do with a work to make it cheaper.</summary>
/// <param name="MayRepeat">Whether it changes nothing but the database, so that it can run again after a rollback: then it needs no savepoint of its own.</param>
/// <param name="Feeds">The queue that it puts a task into, which a worker who stands by can take in the same transaction; <see langword="null"/> for none, or for many.</param>
internal readonly record struct WriteTraits(bool MayRepeat, string? Feeds = null)
{
    /// <summary>For what changes nothing but the database.</summary>
    public static readonly WriteTraits Repeatable = new(MayRepeat: true);
}
