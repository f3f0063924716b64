using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Moves the write-ahead log into the database now and then, by the writer, after its callers were answered.</summary>
/// <remarks>
/// Belongs to the writer: not thread-safe. A second connection holds the write lock meanwhile. So nobody, in any process, begins the log anew during a
/// checkpoint: SQLite before 3.51.3 can take frames for moved that are not when that happens at the wrong instant. And everything can be moved, so that the
/// next write begins the log anew, unless a reader is in the way; then it grows until a later time.
/// </remarks>
internal sealed class SqliteCheckpoints(SqliteConnections connections) : IDisposable
{
    // Pages that this connection wrote since the last one: 16 MiB at 4 KiB a page. More makes each page cheaper, less makes recovery and reading quicker.
    private const int PagesBetween = 4096;

    // Another process may have written the log and died: its length is looked at now and then, and first of all.
    private const int LookEvery = 64;

    // After a refusal, whichever comes first.
    private const int PagesUntilAgain = 256;
    private static readonly TimeSpan TimeUntilAgain = TimeSpan.FromSeconds(1);

    private const int CacheWrite = 9; // SQLITE_DBSTATUS_CACHE_WRITE
    private const int Passive = 0; // SQLITE_CHECKPOINT_PASSIVE
    private const string Rollback = "ROLLBACK";

    // Another process that writes all the time is let by.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private SqliteConnection? _guard;
    private int _turns;
    private bool _isLong;
    private (long At, int Pages)? _refused;

    /// <summary>Whether enough was written for the next one, and the last refusal is long enough ago.</summary>
    public bool IsDue(SqliteConnection writer)
    {
        if (_turns++ % LookEvery == 0)
        {
            _isLong = new FileInfo(connections.Path + "-wal") is { Exists: true } log && log.Length > SqliteConnections.WalSizeLimit;
        }

        var pages = Written(writer, reset: false);
        return (_isLong || pages >= PagesBetween)
            && (_refused is not { } refused || pages >= refused.Pages + PagesUntilAgain || Stopwatch.GetElapsedTime(refused.At) >= TimeUntilAgain);
    }

    /// <summary>Moves what no reader still needs. Never waits for readers; when it cannot be done now, it is due again later.</summary>
    /// <returns>What went wrong, which is nobody's fault who writes; <see langword="null"/> when nothing did, or others were at work.</returns>
    public SqliteException? Run(SqliteConnection writer)
    {
        try
        {
            var guard = _guard ??= connections.OpenGuard();
            if (!TryLock(guard))
            {
                return Refuse(writer, null);
            }

            var code = raw.sqlite3_wal_checkpoint_v2(writer.Handle, "main", Passive, out _, out _);
            guard.Statement(Rollback).Execute();
            if (code != raw.SQLITE_OK)
            {
                return Refuse(writer, SqliteBusy.IsBusy(code) ? null : SqliteBusy.Error(code, writer.Handle!));
            }

            Written(writer, reset: true);
            (_isLong, _refused) = (false, null);
            return null;
        }
        catch (SqliteException error)
        {
            CloseGuard();
            return Refuse(writer, error);
        }
    }

    /// <summary>Closes what it holds and forgets what it knew: the writer's connection is closed.</summary>
    public void Dispose()
    {
        CloseGuard();
        (_turns, _isLong, _refused) = (0, false, null);
    }

    private SqliteException? Refuse(SqliteConnection writer, SqliteException? error)
    {
        _refused = (Stopwatch.GetTimestamp(), Written(writer, reset: false));
        return error;
    }

    private void CloseGuard()
    {
        _guard?.Dispose();
        _guard = null;
    }

    private static bool TryLock(SqliteConnection guard)
    {
        var since = Stopwatch.GetTimestamp();
        while (!SqliteBusy.TryBegin(guard))
        {
            if (Stopwatch.GetElapsedTime(since) >= Patience)
            {
                return false;
            }

            SqliteBusy.Wait();
        }

        return true;
    }

    private static int Written(SqliteConnection writer, bool reset)
    {
        _ = raw.sqlite3_db_status(writer.Handle, CacheWrite, out var pages, out _, reset ? 1 : 0);
        return pages;
    }
}
