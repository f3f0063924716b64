namespace Orchestrator.Storage;

/// <summary>A row of any database: columns by number, from 0. Valid only while the statement stands on it.</summary>
internal interface IStoredRow
{
    bool GetBoolean(int column);

    double? GetDoubleOrNull(int column);

    long GetInt64(int column);

    long? GetInt64OrNull(int column);

    string GetString(int column);

    string? GetStringOrNull(int column);
}
