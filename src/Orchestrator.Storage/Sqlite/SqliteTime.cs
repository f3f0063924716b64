namespace Orchestrator.Storage.Sqlite;

/// <summary>Times in the database: whole milliseconds since 1970-01-01 UTC.</summary>
internal static class SqliteTime
{
    public static long ToMilliseconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static long? ToMilliseconds(this DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset ToTime(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? ToTime(long? milliseconds) => milliseconds is { } value ? ToTime(value) : null;
}
