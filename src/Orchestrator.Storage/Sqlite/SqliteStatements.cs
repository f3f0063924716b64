using System.Data;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>The prepared statements of each open connection, kept until it closes. Works on our own connections and on a host's.</summary>
internal sealed class SqliteStatements
{
    private static readonly ConditionalWeakTable<SqliteConnection, SqliteStatements> Cache = [];

    private readonly Dictionary<string, SqliteStatement> _statements = new(SqlComparer.Instance);
    private sqlite3? _handle;

    private SqliteStatements()
    {
    }

    /// <summary>The prepared statement of this SQL on this connection, with nothing set. Use SQL of a fixed number of forms: each form is kept.</summary>
    public static SqliteStatement Statement(SqliteConnection connection, string sql) => Cache.GetValue(connection, Attach).Get(connection, sql);

    private static SqliteStatements Attach(SqliteConnection connection)
    {
        var statements = new SqliteStatements();
        connection.StateChange += statements.OnStateChange;
        return statements;
    }

    private SqliteStatement Get(SqliteConnection connection, string sql)
    {
        var handle = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        if (!ReferenceEquals(handle, _handle))
        {
            // Closed and opened again: another connection of the engine.
            Close();
            _handle = handle;
        }

        if (_statements.TryGetValue(sql, out var statement))
        {
            statement.Clear();
            return statement;
        }

        return _statements[sql] = new SqliteStatement(handle, sql, TimeSpan.FromSeconds(connection.DefaultTimeout));
    }

    private void OnStateChange(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState != ConnectionState.Open)
        {
            Close();
        }
    }

    private void Close()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _handle = null;
    }

    /// <summary>SQL texts are long and mostly the same object: a few characters make the hash, and the same object is equal at once.</summary>
    private sealed class SqlComparer : IEqualityComparer<string>
    {
        public static readonly SqlComparer Instance = new();

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y) || string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string sql)
        {
            var hash = sql.Length;
            var step = Math.Max(1, sql.Length / 16);
            for (var i = 0; i < sql.Length; i += step)
            {
                hash = (hash * 31) + sql[i];
            }

            return hash;
        }
    }
}
