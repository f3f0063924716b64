using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// A prepared statement of one connection: set every parameter by name, then run it once. What is not set is NULL; running forgets all values, unless asked to keep them.
/// </summary>
/// <remarks>
/// For the hot path: no boxing, no parameter objects, no reader objects. Get it by <see cref="SqliteStatements.Statement"/> for each use and do not keep it.
/// Not thread-safe, like its connection. A statement cannot be used again while it runs (from within a mapping of its own rows).
/// </remarks>
internal sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;
    private readonly bool _readsOnly;
    private readonly TimeSpan _busyTimeout;
    private bool _bound;
    private bool _running;

    /// <summary>Prepares one statement.</summary>
    /// <exception cref="SqliteException">It is no SQL, or names what does not exist.</exception>
    public SqliteStatement(sqlite3 database, string sql, TimeSpan busyTimeout)
    {
        _database = database;
        _busyTimeout = busyTimeout;
        string rest;
        for (var since = Stopwatch.GetTimestamp(); ; SqliteBusy.Wait(database, since, busyTimeout))
        {
            var code = raw.sqlite3_prepare_v2(database, sql, out _statement, out rest);
            if (!SqliteBusy.IsBusy(code))
            {
                SqliteException.ThrowExceptionForRC(code, database);
                break;
            }
        }

        if (_statement.IsInvalid || !string.IsNullOrWhiteSpace(rest))
        {
            _statement.Dispose();
            throw new ArgumentException("A prepared statement is exactly one SQL statement.", nameof(sql));
        }

        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (var i = 0; i < _parameters.Length; i++)
        {
            _parameters[i] = raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string();
        }

        _readsOnly = raw.sqlite3_stmt_readonly(_statement) != 0;
    }

    /// <summary>Sets a whole number.</summary>
    public SqliteStatement Set(string name, long value)
    {
        _bound = true;
        Check(raw.sqlite3_bind_int64(_statement, IndexOf(name), value));
        return this;
    }

    /// <summary>Sets a whole number, or NULL.</summary>
    public SqliteStatement Set(string name, long? value) => value is { } number ? Set(name, number) : SetNull(name);

    /// <summary>Sets a number.</summary>
    public SqliteStatement Set(string name, double value)
    {
        _bound = true;
        Check(raw.sqlite3_bind_double(_statement, IndexOf(name), value));
        return this;
    }

    /// <summary>Sets a number, or NULL.</summary>
    public SqliteStatement Set(string name, double? value) => value is { } number ? Set(name, number) : SetNull(name);

    /// <summary>Sets 1 for true, 0 for false.</summary>
    public SqliteStatement Set(string name, bool value) => Set(name, value ? 1L : 0L);

    /// <summary>Sets a text, or NULL.</summary>
    public SqliteStatement Set(string name, string? value)
    {
        if (value is null)
        {
            return SetNull(name);
        }

        var index = IndexOf(name);
        _bound = true;
        if (value.Length == 0)
        {
            // An empty span would have no address, which SQLite takes for NULL.
            Check(raw.sqlite3_bind_text(_statement, index, ""));
            return this;
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (size <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            Check(raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
            return this;
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        var code = raw.sqlite3_bind_text(_statement, index, rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        Check(code);
        return this;
    }

    /// <summary>Whether it has such a parameter.</summary>
    public bool Has(string name) => Array.IndexOf(_parameters, name) >= 0;

    /// <summary>Runs it to its end.</summary>
    /// <param name="keepsValues">
    /// Whether the values stay set, so that the next run in a row needs to set only what differs. They are forgotten when the statement is got anew.
    /// </param>
    /// <returns>How many rows an INSERT, UPDATE or DELETE changed; means nothing for other statements.</returns>
    public int Execute(bool keepsValues = false)
    {
        Start();
        try
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            End(keepsValues);
        }
    }

    /// <summary>Runs it and maps every row.</summary>
    public List<T> Query<T>(Func<SqliteRow, T> map)
    {
        var rows = new List<T>();
        Start();
        try
        {
            var row = new SqliteRow(_statement);
            while (Step())
            {
                rows.Add(map(row));
            }

            return rows;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Runs it and maps the first row; the default of <typeparamref name="T"/> when there is none.</summary>
    public T? Single<T>(Func<SqliteRow, T> map)
    {
        Start();
        try
        {
            if (!Step())
            {
                return default;
            }

            var value = map(new SqliteRow(_statement));
            Finish();
            return value;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Runs it and gives the first column of the first row as a whole number; <see langword="null"/> when it is NULL or there is no row.</summary>
    public long? Scalar()
    {
        Start();
        try
        {
            if (!Step())
            {
                return null;
            }

            var value = new SqliteRow(_statement).GetInt64OrNull(0);
            Finish();
            return value;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Runs it and tells SQLite's answer instead of throwing.</summary>
    internal int TryExecute()
    {
        Start();
        int code;
        while ((code = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
        {
        }

        End();
        return code == raw.SQLITE_DONE ? raw.SQLITE_OK : code;
    }

    /// <summary>Forgets values that were set and never used.</summary>
    internal void Clear()
    {
        if (_running)
        {
            throw new InvalidOperationException("The statement is running: it cannot be used again from within the mapping of its own rows.");
        }

        if (_bound)
        {
            _ = raw.sqlite3_clear_bindings(_statement);
            _bound = false;
        }
    }

    public void Dispose() => _statement.Dispose();

    private SqliteStatement SetNull(string name)
    {
        Check(raw.sqlite3_bind_null(_statement, IndexOf(name)));
        return this;
    }

    private int IndexOf(string name)
    {
        var parameters = _parameters;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (ReferenceEquals(parameters[i], name))
            {
                return i + 1;
            }
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            if (string.Equals(parameters[i], name, StringComparison.Ordinal))
            {
                // Names are mostly literals: the next time this one is found without a look at its characters.
                parameters[i] = name;
                return i + 1;
            }
        }

        throw new ArgumentException($"The statement has no parameter {name}; it has {string.Join(", ", parameters)}.", nameof(name));
    }

    private void Start()
    {
        if (_running)
        {
            throw new InvalidOperationException("The statement is running: it cannot be used again from within the mapping of its own rows.");
        }

        _running = true;
    }

    private bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        return code != raw.SQLITE_DONE && StepAgain(code);
    }

    // Outside a transaction, another connection can be in the way of the first step only: nothing has happened yet.
    private bool StepAgain(int code)
    {
        var since = Stopwatch.GetTimestamp();
        while (SqliteBusy.IsBusy(code) && raw.sqlite3_get_autocommit(_database) != 0)
        {
            SqliteBusy.Wait(_database, since, _busyTimeout);
            _ = raw.sqlite3_reset(_statement);
            code = raw.sqlite3_step(_statement);
        }

        return code == raw.SQLITE_ROW || (code == raw.SQLITE_DONE ? false : throw SqliteBusy.Error(code, _database));
    }

    // A statement that writes checks its foreign keys at its end, after its last row.
    private void Finish()
    {
        while (!_readsOnly && Step())
        {
        }
    }

    private void End(bool keepsValues = false)
    {
        _ = raw.sqlite3_reset(_statement);
        _running = false;
        if (!keepsValues)
        {
            Clear();
        }
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }
}
