using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Sizes that cost a few page reads each: no table is read through.</summary>
internal static class SqliteSizes
{
    private const string Tables = "SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

    public static StorageSizes Read(SqliteConnection connection, string path)
    {
        var page = Pragma(connection, "page_size");
        return new StorageSizes
        {
            DatabaseBytes = page * Pragma(connection, "page_count"),
            FreeBytes = page * Pragma(connection, "freelist_count"),
            LogBytes = new FileInfo(path + "-wal") is { Exists: true } wal ? wal.Length : 0,
            Tables = connection.Statement(Tables).Query(row => (Name: row.GetString(0), HasRowId: !row.GetBoolean(1)))
                .Select(table => new TableSize(table.Name, table.HasRowId ? Rows(connection, table.Name) : null, null)).ToValueList(),
        };
    }

    // Rows are numbered as they come and deleted from the front: what lies between the first and the last is about their number.
    private static long Rows(SqliteConnection connection, string table)
    {
        var name = table.Replace("\"", "\"\"", StringComparison.Ordinal);
        return connection.Statement($"""SELECT (SELECT max(rowid) FROM "{name}") - (SELECT min(rowid) FROM "{name}") + 1""").Scalar() ?? 0;
    }

    private static long Pragma(SqliteConnection connection, string name) => connection.Statement("PRAGMA " + name).Scalar() ?? 0;
}
