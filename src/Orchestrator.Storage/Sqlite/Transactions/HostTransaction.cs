using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite.Transactions;

/// <summary>Runs work in a transaction that is not ours.</summary>
internal static class HostTransaction
{
    private const string ReadFile = "SELECT file FROM pragma_database_list WHERE name = 'main'";

    private const string FindTables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'task_keys'";

    /// <summary>Runs work under a savepoint: what it throws takes back only its own statements.</summary>
    /// <exception cref="ArgumentException">The transaction is of another driver or database, or is over.</exception>
    public static T Run<T>(DbTransaction transaction, string path, Func<SqliteConnection, T> work)
    {
        // Our statements run on the engine's own handle: they are part of whatever transaction is open there.
        var connection = Check(transaction, path);
        connection.Statement("SAVEPOINT orchestrator_work").Execute();
        try
        {
            var result = work(connection);
            connection.Statement("RELEASE orchestrator_work").Execute();
            return result;
        }
        catch
        {
            // SQLite may have rolled back the whole transaction by itself, as it does when the disk is full.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                connection.Statement("ROLLBACK TO orchestrator_work").Execute();
                connection.Statement("RELEASE orchestrator_work").Execute();
            }

            throw;
        }
    }

    private static SqliteConnection Check(DbTransaction transaction, string path)
    {
        if (transaction is not SqliteTransaction sqlite)
        {
            throw new ArgumentException($"The transaction must be a {nameof(SqliteTransaction)}, not a {transaction.GetType().Name}.", nameof(transaction));
        }

        if (sqlite.Connection is not { Handle: { } handle } connection || raw.sqlite3_get_autocommit(handle) != 0)
        {
            throw new ArgumentException("The transaction is over: it was committed, rolled back or disposed of.", nameof(transaction));
        }

        var file = connection.Statement(ReadFile).Single(row => row.GetString(0)) ?? "";
        if (!IsSameFile(file, path))
        {
            throw new ArgumentException($"The transaction must be on the tasks' own database, '{path}'.", nameof(transaction));
        }

        return connection.Statement(FindTables).Scalar() is not null
            ? connection
            : throw new ArgumentException($"The tables are not there yet: call {nameof(ITaskStore)}.{nameof(ITaskStore.InitializeAsync)} before you begin the transaction.", nameof(transaction));
    }

    // SQLite names the file as it was opened, or with its symbolic links followed: which of them depends on its version.
    private static bool IsSameFile(string file, string path) =>
        file.Length > 0 && (string.Equals(file, path, StringComparison.Ordinal) || string.Equals(SqliteFileSystem.Resolve(file), SqliteFileSystem.Resolve(path), StringComparison.Ordinal));
}
