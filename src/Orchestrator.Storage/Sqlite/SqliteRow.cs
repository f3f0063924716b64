using System.Text;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>The row that a <see cref="SqliteStatement"/> stands on: columns by number, from 0. Valid only within the mapping it is handed to.</summary>
internal readonly struct SqliteRow(sqlite3_stmt statement) : IStoredRow
{
    /// <summary>Whether the column is NULL.</summary>
    public bool IsDBNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>A whole number; 0 for NULL.</summary>
    public long GetInt64(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>A whole number that fits; 0 for NULL.</summary>
    public int GetInt32(int column) => checked((int)raw.sqlite3_column_int64(statement, column));

    /// <summary>A whole number, or <see langword="null"/> for NULL.</summary>
    public long? GetInt64OrNull(int column) => IsDBNull(column) ? null : GetInt64(column);

    /// <summary>A number; 0 for NULL.</summary>
    public double GetDouble(int column) => raw.sqlite3_column_double(statement, column);

    /// <summary>A number, or <see langword="null"/> for NULL.</summary>
    public double? GetDoubleOrNull(int column) => IsDBNull(column) ? null : GetDouble(column);

    /// <summary>Whether the column is a number other than 0.</summary>
    public bool GetBoolean(int column) => raw.sqlite3_column_int64(statement, column) != 0;

    /// <summary>A text; empty for NULL.</summary>
    public string GetString(int column)
    {
        // The bytes of a text, with its length: a text may hold NUL characters.
        var bytes = raw.sqlite3_column_blob(statement, column);
        return bytes.IsEmpty ? "" : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A text, or <see langword="null"/> for NULL.</summary>
    public string? GetStringOrNull(int column) => IsDBNull(column) ? null : GetString(column);
}
