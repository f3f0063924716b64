using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>Another process that holds the write lock of a file, as far as SQLite can tell.</summary>
internal sealed class SqliteWriteLock : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    public SqliteWriteLock(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        _transaction = _connection.BeginTransaction(deferred: false);
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }
}
