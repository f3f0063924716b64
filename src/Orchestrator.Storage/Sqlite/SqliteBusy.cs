using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Waiting for other connections. The bundled SQLite can only sleep whole seconds, so its own busy handler stays off and we ask again ourselves.
/// </summary>
internal static class SqliteBusy
{
    /// <summary>How long to pause before asking again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private const string BeginImmediate = "BEGIN IMMEDIATE";

    private const int Protocol = 15; // Too many connections asked for the WAL at the same instant.

    // Never set: only waited for.
    private static readonly ManualResetEventSlim Never = new(false, spinCount: 0);

    /// <summary>Whether an answer of SQLite says that another connection is at work.</summary>
    public static bool IsBusy(int code) => (code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or Protocol;

    /// <summary>Asks once for the write lock.</summary>
    /// <returns>Whether the transaction is open.</returns>
    /// <exception cref="SqliteException">Anything but another connection that writes.</exception>
    public static bool TryBegin(SqliteConnection connection)
    {
        var code = connection.Statement(BeginImmediate).TryExecute();
        if (code == raw.SQLITE_OK)
        {
            return true;
        }

        return IsBusy(code) ? false : throw Error(code, connection.Handle!);
    }

    /// <summary>Asks for the write lock until it is given, on the calling thread.</summary>
    /// <exception cref="SqliteException">Another connection kept it for longer than the connection's time-out, or anything else.</exception>
    public static void Begin(SqliteConnection connection)
    {
        for (var since = Stopwatch.GetTimestamp(); !TryBegin(connection); Wait(connection.Handle!, since, TimeSpan.FromSeconds(connection.DefaultTimeout)))
        {
        }
    }

    /// <summary>Pauses before the next question.</summary>
    /// <exception cref="SqliteException">It took too long already.</exception>
    public static void Wait(sqlite3 database, long since, TimeSpan timeout)
    {
        // The machine's clock: SQLite and other processes follow no clock of ours.
        if (Stopwatch.GetElapsedTime(since) >= timeout)
        {
            throw Error(raw.SQLITE_BUSY, database);
        }

        Wait();
    }

    /// <summary>Pauses before the next question.</summary>
    public static void Wait() => Never.Wait(Pause);

    /// <summary>What SQLite answered, as its driver's exception.</summary>
    public static SqliteException Error(int code, sqlite3 database)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(code, database);
        }
        catch (SqliteException error)
        {
            return error;
        }

        return new SqliteException("SQLite answered without an error.", code);
    }
}
