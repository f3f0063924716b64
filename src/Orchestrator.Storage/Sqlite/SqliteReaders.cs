using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Open connections that only read, set up once and used again and again, with their prepared statements.</summary>
/// <remarks>Thread-safe. As many as read at once are open; a few stay open when nobody reads.</remarks>
internal sealed class SqliteReaders(SqliteConnections connections) : IDisposable
{
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private volatile bool _disposed;

    /// <summary>Runs work on a connection of its own.</summary>
    /// <exception cref="SqliteException">SQLite refuses; the connection is not used again.</exception>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteDatabase));
        if (!_idle.TryTake(out var connection))
        {
            connection = connections.OpenReader();
        }

        var sound = true;
        try
        {
            return work(connection);
        }
        catch (SqliteException)
        {
            sound = false;
            throw;
        }
        finally
        {
            Return(connection, sound);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Drain();
    }

    private void Return(SqliteConnection connection, bool sound)
    {
        // A transaction left open would go on showing an old state to whoever comes next.
        if (!sound || raw.sqlite3_get_autocommit(connection.Handle) == 0 || _disposed || _idle.Count >= MaxIdle)
        {
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
        if (_disposed)
        {
            // Disposed in between: nobody else would close it.
            Drain();
        }
    }

    private void Drain()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }
}
