using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Reads a whole database and collects what is wrong.</summary>
internal static class SqliteCheck
{
    private const string Integrity = "PRAGMA integrity_check(100)";

    private const string ForeignKeys = """SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 100""";

    public static StorageCheck Run(SqliteConnections connections, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        try
        {
            using var connection = connections.OpenReader();
            using (cancellationToken.UnsafeRegister(static handle => raw.sqlite3_interrupt((sqlite3)handle!), connection.Handle))
            {
                problems.AddRange(connection.Statement(Integrity).Query(row => row.GetString(0)).Where(line => line != "ok"));
                problems.AddRange(connection.Statement(ForeignKeys).Query(
                    row => $"row {row.GetInt64OrNull(1)?.ToString() ?? "?"} of {row.GetString(0)} refers to a row of {row.GetString(2)} that does not exist"));
            }
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException error)
        {
            var explained = SqliteErrors.Explain(error, connections.Path);
            problems.Add(explained.Code == StorageErrorCodes.Corrupt ? "the file is no SQLite database, or damaged where its tables are described" : throw explained);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new StorageCheck { Problems = problems.ToValueList() };
    }
}
