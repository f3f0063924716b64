using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite;

/// <summary>The work of one caller; <see langword="null"/> work only opens the database.</summary>
internal sealed class SqliteWrite<T> : ISqliteWrite
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    // Callers go on elsewhere: the writer's thread runs nobody's code but the work itself.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<SqliteConnection, T>? _work;
    private readonly CancellationTokenRegistration _registration;
    private T _result = default!;
    private int _state;

    public SqliteWrite(Func<SqliteConnection, T>? work, WriteTraits traits, CancellationToken cancellationToken)
    {
        _work = work;
        (MayRepeat, Feeds) = (traits.MayRepeat, traits.Feeds);
        Since = Stopwatch.GetTimestamp();
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (state, token) => ((SqliteWrite<T>)state!).Cancel(token), this);
        }
    }

    public Task<T> Task => _completion.Task;

    public long Since { get; }

    public bool OpensOnly => _work is null;

    public bool MayRepeat { get; }

    public string? Feeds { get; }

    public bool IsCancelled => Volatile.Read(ref _state) == Cancelled;

    public bool TryBegin()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, Waiting) != Waiting)
        {
            return false;
        }

        _registration.Unregister();
        return true;
    }

    public void Run(SqliteConnection connection) => _result = _work!(connection);

    public void Complete() => _completion.TrySetResult(_result);

    public void Fail(Exception error)
    {
        _registration.Unregister();
        _completion.TrySetException(error);
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
        {
            _completion.TrySetCanceled(cancellationToken);
        }
    }
}
