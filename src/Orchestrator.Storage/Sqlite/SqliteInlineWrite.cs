using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite;

/// <summary>The work of a caller who is alone and waits on its own thread.</summary>
internal sealed class SqliteInlineWrite<T>(Func<SqliteConnection, T> work, WriteTraits traits) : ISqliteWrite
{
    private T _result = default!;
    private Exception? _error;

    public long Since => 0;

    public bool OpensOnly => false;

    public bool MayRepeat => traits.MayRepeat;

    public string? Feeds => traits.Feeds;

    public bool IsCancelled => false;

    /// <summary>The committed result.</summary>
    public T Result()
    {
        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        return _result;
    }

    public bool TryBegin() => true;

    public void Run(SqliteConnection connection) => _result = work(connection);

    public void Complete()
    {
    }

    public void Fail(Exception error) => _error = error;
}
