using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Work that waits for the writer. It runs at most once; its caller hears of it once its transaction has ended.</summary>
internal interface ISqliteWrite
{
    /// <summary>When it came, as a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</summary>
    long Since { get; }

    /// <summary>Whether all it wants is an open database: it needs no transaction.</summary>
    bool OpensOnly { get; }

    /// <summary>Whether it changes nothing but the database, so that it can run again after its transaction was rolled back.</summary>
    bool MayRepeat { get; }

    /// <summary>The queue that it puts a task into; <see langword="null"/> for none, or for many.</summary>
    string? Feeds { get; }

    /// <summary>Whether its caller gave up before it began.</summary>
    bool IsCancelled { get; }

    /// <summary>Claims it for running; false when its caller cancelled before. From here on the caller hears what really became of it.</summary>
    bool TryBegin();

    /// <summary>Runs its statements in the transaction that is open, and keeps the result.</summary>
    void Run(SqliteConnection connection);

    /// <summary>What it did is committed.</summary>
    void Complete();

    /// <summary>Nothing of it is committed.</summary>
    void Fail(Exception error);
}
