using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>One open transaction that holds the work of many: each fails alone, all are committed together, then answered.</summary>
/// <remarks>Belongs to the writer: not thread-safe. The transaction is open when it is made.</remarks>
internal sealed class SqliteBatch(SqliteConnection connection, Func<SqliteException, StorageException> explain)
{
    private const int MaxWork = 256;

    private const string Savepoint = "SAVEPOINT work";
    private const string Release = "RELEASE work";
    private const string RollbackTo = "ROLLBACK TO work";
    private const string Rollback = "ROLLBACK";
    private const string CommitAll = "COMMIT";

    private readonly List<ISqliteWrite> _done = [];
    private List<string>? _fed;
    private bool _isGuarded;
    private bool _over;

    /// <summary>How much work it holds.</summary>
    public int Count => _done.Count;

    /// <summary>Whether it takes no more work.</summary>
    public bool IsFull => _over || _done.Count >= MaxWork;

    /// <summary>Why the connection cannot be trusted as before; <see langword="null"/> when it can.</summary>
    public StorageException? Fault { get; private set; }

    /// <summary>Runs the work of one caller, unless it cancelled before. What it throws is told to it alone, and its statements are taken back.</summary>
    public void Run(ISqliteWrite write)
    {
        if (!write.TryBegin())
        {
            return;
        }

        // Savepoints copy every page that is changed. So works that can run again go without them, and when one fails, which is rare, all run again, with savepoints.
        // The first of all needs none: when it fails, nothing else is in the transaction.
        var isGuarded = _isGuarded || (!write.MayRepeat && _done.Count > 0);
        try
        {
            RunWork(write, isGuarded);
        }
        catch (Exception error)
        {
            if (isGuarded || _done.Count == 0 || raw.sqlite3_get_autocommit(connection.Handle) != 0)
            {
                Fail(write, error, first: !isGuarded && _done.Count == 0);
            }
            else
            {
                RunAgain(write);
            }
        }

        _isGuarded |= !write.MayRepeat;
    }

    /// <summary>The queues that got tasks since this was asked last.</summary>
    public List<string> TakeFed()
    {
        var fed = _fed ?? [];
        _fed = null;
        return fed;
    }

    /// <summary>Commits, and tells every caller the truth: its result when the commit succeeded, else why nothing of it is there.</summary>
    public void Commit()
    {
        if (_over)
        {
            return;
        }

        _over = true;
        if (_done.Count == 0)
        {
            TryRollback(Rollback);
            return;
        }

        var code = connection.Statement(CommitAll).TryExecute();
        if (code != raw.SQLITE_OK)
        {
            var error = SqliteBusy.Error(code, connection.Handle!);
            TryRollback(Rollback);
            Fault = explain(error);
            FailAll(error);
            return;
        }

        foreach (var write in _done)
        {
            write.Complete();
        }
    }

    /// <summary>Tells everybody who was not answered yet that the writer itself failed. The connection is closed by then, and with it what was not committed.</summary>
    public void Abandon(Exception error)
    {
        foreach (var write in _done)
        {
            write.Fail(error);
        }
    }

    private void RunWork(ISqliteWrite write, bool isGuarded)
    {
        if (!write.OpensOnly)
        {
            if (isGuarded)
            {
                connection.Statement(Savepoint).Execute();
            }

            write.Run(connection);
            if (isGuarded)
            {
                connection.Statement(Release).Execute();
            }
        }

        _done.Add(write);
        if (write.Feeds is { } queue && _fed?.Contains(queue) != true)
        {
            (_fed ??= []).Add(queue);
        }
    }

    // Whatever the work threw belongs to its caller, who gets it.
    private void Fail(ISqliteWrite write, Exception error, bool first)
    {
        TakeBack(first);
        var cause = error as SqliteException;
        if (cause is not null && !SqliteErrors.IsOfStatement(cause))
        {
            Fault = explain(cause);
        }

        write.Fail(cause is null ? error : explain(cause));
        if (_over && !first)
        {
            FailAll(cause);
        }
    }

    // Without savepoints nobody can tell what of the transaction is whose.
    private void RunAgain(ISqliteWrite failed)
    {
        ISqliteWrite[] works = [.. _done, failed];
        _done.Clear();
        _isGuarded = true;
        try
        {
            connection.Statement(Rollback).Execute();
            SqliteBusy.Begin(connection); // Others may have been waiting for it.
        }
        catch (SqliteException error)
        {
            Fault = explain(error);
            _over = true;
            _done.AddRange(works);
            FailAll(error);
            return;
        }

        foreach (var write in works)
        {
            if (_over)
            {
                _done.Add(write);
                FailAll(null);
                continue;
            }

            try
            {
                RunWork(write, isGuarded: true);
            }
            catch (Exception error)
            {
                Fail(write, error, first: false);
            }
        }
    }

    private void TakeBack(bool first)
    {
        // Some faults (a full disk, a failing one) make SQLite end the whole transaction by itself.
        _over = first || raw.sqlite3_get_autocommit(connection.Handle) != 0;
        if (first)
        {
            TryRollback(Rollback);
        }
        else if (!_over && !(TryRollback(RollbackTo) && TryRollback(Release)))
        {
            TryRollback(Rollback);
            _over = true;
        }
    }

    private bool TryRollback(string sql)
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) != 0)
        {
            return sql == Rollback;
        }

        var code = connection.Statement(sql).TryExecute();
        if (code == raw.SQLITE_OK)
        {
            return true;
        }

        Fault = explain(SqliteBusy.Error(code, connection.Handle!));
        return false;
    }

    private void FailAll(SqliteException? error)
    {
        foreach (var write in _done)
        {
            write.Fail(error is null
                ? new StorageException(StorageErrorCodes.Failed, "The transaction was ended by other work in it; nothing of this work is stored. Try again.", isTransient: true)
                : explain(error));
        }

        _done.Clear();
    }
}
