using SQLitePCL;

namespace Orchestrator.Benchmarks.Peers.Contestants;

/// <summary>A prepared statement, with as little as possible between it and SQLite. Values are bound in order; columns are read by their position.</summary>
internal sealed class RawStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public RawStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement));
    }

    public RawStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    public RawStatement Bind(int index, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, index, value));
        return this;
    }

    public bool Step() => raw.sqlite3_step(_statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw new InvalidOperationException($"SQLite error {code}: {raw.sqlite3_errmsg(_database).utf8_to_string()}"),
    };

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public void Reset() => Check(raw.sqlite3_reset(_statement));

    /// <summary>Runs it to its end, so that it can be bound again.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite error {code}: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
        }
    }
}
