using Npgsql;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Reads columns that may be NULL.</summary>
internal static class PostgreSqlRows
{
    public static string? GetStringOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? GetInt64OrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static int? GetInt32OrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static double? GetDoubleOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    /// <summary>The column, or <see langword="null"/> for the whole array when nothing in it says anything: the statement takes that for NULLs.</summary>
    public static T?[]? OrNothing<T>(this T?[] values) => Array.Exists(values, value => value is not null) ? values : null;
}
