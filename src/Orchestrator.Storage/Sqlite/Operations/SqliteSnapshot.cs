using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Lets several statements read the database as it is at one moment.</summary>
internal static class SqliteSnapshot
{
    /// <summary>Makes work that reads see one moment only.</summary>
    public static Func<SqliteConnection, T> Of<T>(Func<SqliteConnection, T> work) => connection =>
    {
        // Within a transaction a statement does not wait for others by itself: then all is read anew.
        for (var since = Stopwatch.GetTimestamp(); ; SqliteBusy.Wait(connection.Handle!, since, TimeSpan.FromSeconds(connection.DefaultTimeout)))
        {
            connection.Statement("BEGIN").Execute();
            try
            {
                return work(connection);
            }
            catch (SqliteException error) when (SqliteErrors.IsContention(error))
            {
            }
            finally
            {
                if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
                {
                    connection.Statement("ROLLBACK").Execute();
                }
            }
        }
    };
}
