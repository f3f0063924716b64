using Npgsql;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>The row that a reader stands on, for what reads rows of any database.</summary>
internal readonly struct PostgreSqlRow(NpgsqlDataReader reader) : IStoredRow
{
    public bool GetBoolean(int column) => reader.GetBoolean(column);

    public double? GetDoubleOrNull(int column) => PostgreSqlRows.GetDoubleOrNull(reader, column);

    public long GetInt64(int column) => reader.GetInt64(column);

    public long? GetInt64OrNull(int column) => PostgreSqlRows.GetInt64OrNull(reader, column);

    public string GetString(int column) => reader.GetString(column);

    public string? GetStringOrNull(int column) => PostgreSqlRows.GetStringOrNull(reader, column);
}
