using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Prepared statements straight from a connection.</summary>
internal static class SqliteConnectionExtensions
{
    /// <summary>The prepared statement of this SQL on this connection, with nothing set; kept until the connection closes.</summary>
    public static SqliteStatement Statement(this SqliteConnection connection, string sql) => SqliteStatements.Statement(connection, sql);
}
