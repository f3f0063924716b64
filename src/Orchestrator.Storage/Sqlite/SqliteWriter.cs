using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Group commit: what many callers wait to write goes to the disk in one transaction, by one thread. A caller who is alone runs on its own thread,
/// without a hop.
/// </summary>
/// <remarks>
/// Thread-safe. The thread is not of the pool: handlers may starve the pool, and then a lease could not be renewed. It starts with the first work and ends
/// with disposing.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int Capacity = 4096;

    // A caller who comes alone this many times in a row is taken to be the only one; every so often the queue is tried again.
    private const int TurnsUntilAlone = 4;
    private const int ProbeEvery = 64;

    private const string DataVersion = "PRAGMA data_version";

    private readonly Func<Action<Action>, SqliteConnection> _open;
    private readonly Func<SqliteException, StorageException> _explain;
    private readonly Action<Exception> _onFault;
    private readonly Action<StorageException> _onCheckpointFault;
    private readonly SqliteCheckpoints _checkpoints;
    private readonly TimeSpan _busyTimeout;
    private readonly Channel<ISqliteWrite> _waiting = Channel.CreateBounded<ISqliteWrite>(new BoundedChannelOptions(Capacity)
    {
        SingleReader = true,
        AllowSynchronousContinuations = true, // All that waits on it is our thread: it is woken directly, not by way of the pool.
    });

    private readonly SqliteStandbys _standbys = new();
    private readonly ManualResetEventSlim _stopping = new(false, spinCount: 0);
    private readonly Lock _starting = new(); // guards _thread
    private Thread? _thread;

    // Whoever holds it is this process' one writer. Guards all below.
    private readonly Lock _turn = new();
    private SqliteConnection? _connection;
    private int _turnsAlone = TurnsUntilAlone;
    private int _turnsInline;
    private long? _dataVersion;
    private long _othersSeen;

    // What loggers shall hear once the turn is over: they are not ours, and may be slow.
    private List<Action>? _untold;

    /// <summary>Makes the writer; starts and opens nothing yet.</summary>
    public SqliteWriter(
        Func<Action<Action>, SqliteConnection> open, Func<SqliteException, StorageException> explain, Action<Exception> onFault, Action<StorageException> onCheckpointFault,
        SqliteCheckpoints checkpoints, TimeSpan busyTimeout)
    {
        _open = open;
        _explain = explain;
        _onFault = onFault;
        _onCheckpointFault = onCheckpointFault;
        _checkpoints = checkpoints;
        _busyTimeout = busyTimeout;
    }

    /// <summary>Runs work in a transaction and tells its result once that is committed; without work, only opens the database.</summary>
    /// <remarks>Whoever blocks on the result is woken by the writer's thread itself: no thread of the pool has to carry it on.</remarks>
    public ValueTask<T> RunAsync<T>(Func<SqliteConnection, T>? work, WriteTraits traits, CancellationToken cancellationToken)
    {
        if (_turn.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("Work that writes cannot write again through the database: it has the connection.");
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            if (work is not null && TryRunAlone(work, traits, out var result))
            {
                return new ValueTask<T>(result);
            }
        }
        catch (Exception error)
        {
            // As if it had been run by the thread: its caller hears it from the task.
            return ValueTask.FromException<T>(error);
        }

        Start();
        var write = new SqliteWrite<T>(work, traits, cancellationToken);
        return _waiting.Writer.TryWrite(write) ? new ValueTask<T>(write.Task) : WaitForRoomAsync(write, cancellationToken);
    }

    /// <summary>Runs work once, within the next transaction of this process that puts a task into the queue. Until then it costs nothing.</summary>
    public Task<T> StandByAsync<T>(string queue, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        var write = new SqliteWrite<T>(work, WriteTraits.Repeatable, cancellationToken);
        return _standbys.Add(queue, write) ? write.Task : throw new ObjectDisposedException(nameof(SqliteDatabase));
    }

    /// <summary>Looks whether other connections committed something; a higher number than before says that they did.</summary>
    public long LookForOthers()
    {
        // When the turn is taken, the one who has it has looked.
        if (_turn.TryEnter())
        {
            try
            {
                if (_connection is { } connection)
                {
                    Look(connection);
                }
            }
            finally
            {
                _turn.Exit();
            }
        }

        return Volatile.Read(ref _othersSeen);
    }

    /// <summary>Lets the transaction in progress end, refuses what waits, closes the connection and ends the thread.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _waiting.Writer.TryComplete();
        Thread? thread;
        lock (_starting)
        {
            thread = _thread;
        }

        thread?.Join();
        lock (_turn)
        {
            Close();
        }

        FailWaiting(static () => new ObjectDisposedException(nameof(SqliteDatabase)));
        _standbys.Close().ForEach(static write => write.Fail(new ObjectDisposedException(nameof(SqliteDatabase))));
    }

    private async ValueTask<T> WaitForRoomAsync<T>(SqliteWrite<T> write, CancellationToken cancellationToken)
    {
        try
        {
            await _waiting.Writer.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteDatabase));
        }

        return await write.Task.ConfigureAwait(false);
    }

    private void Start()
    {
        if (Volatile.Read(ref _thread) is not null)
        {
            return;
        }

        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsSet, typeof(SqliteDatabase));
            if (_thread is null)
            {
                var thread = new Thread(Loop) { IsBackground = true, Name = "Orchestrator SQLite writer" };
                thread.UnsafeStart();
                Volatile.Write(ref _thread, thread);
            }
        }
    }

    // Waiting blocks, by design: the thread is ours and has nothing else to do.
    private void Loop()
    {
        while (true)
        {
            var work = _waiting.Reader.WaitToReadAsync();
            if (!(work.IsCompleted ? work.GetAwaiter().GetResult() : work.AsTask().GetAwaiter().GetResult()) || _stopping.IsSet)
            {
                return;
            }

            lock (_turn)
            {
                RunWaiting();
            }

            Tell();
        }
    }

    private void Tell()
    {
        try
        {
            Interlocked.Exchange(ref _untold, null)?.ForEach(static tell => tell());
        }
        catch (Exception)
        {
            // A logger failed: there is nobody left to tell, and writing goes on.
        }
    }

    private void TellLater(Action tell) => (_untold ??= []).Add(tell);

    private void RunWaiting()
    {
        SqliteBatch? batch = null;
        try
        {
            var connection = _connection ??= _open(TellLater);
            if (!TryBegin(connection))
            {
                return;
            }

            batch = new SqliteBatch(connection, _explain);
            Look(connection);
            while (!_stopping.IsSet && !batch.IsFull && _waiting.Reader.TryRead(out var write))
            {
                batch.Run(write);
            }

            Finish(batch);
        }
        catch (Exception error)
        {
            // The outermost edge of the thread; mostly, opening failed. All who wait hear why, and the next caller tries again.
            Close();
            var explained = error is SqliteException cause ? _explain(cause) : error;
            TellLater(() => _onFault(explained));
            batch?.Abandon(explained);
            FailWaiting(() => explained);
        }
    }

    // What was just put into a queue goes to a worker who waits for it, in the same transaction: one commit for both.
    private void RunStandbys(SqliteBatch batch)
    {
        foreach (var queue in batch.TakeFed())
        {
            if (!batch.IsFull && _standbys.Take(queue) is { } write)
            {
                batch.Run(write);
            }
        }
    }

    private void Finish(SqliteBatch batch)
    {
        var callers = batch.Count;
        RunStandbys(batch);
        batch.Commit();
        _turnsAlone = callers <= 1 ? Math.Min(_turnsAlone + 1, TurnsUntilAlone) : 0;
        if (!CloseAfter(batch) && _checkpoints.IsDue(_connection!) && _checkpoints.Run(_connection!) is { } fault)
        {
            // Its callers were answered, and those who wait have nothing to do with it.
            var explained = _explain(fault);
            TellLater(() => _onCheckpointFault(explained));
        }
    }

    // False when there is nothing left to do: the head of the queue waited too long, or disposing began.
    private bool TryBegin(SqliteConnection connection)
    {
        while (!_stopping.IsSet && _waiting.Reader.TryPeek(out var head))
        {
            if (head.OpensOnly)
            {
                _ = _waiting.Reader.TryRead(out _);
                Answer(head);
            }
            else if (SqliteBusy.TryBegin(connection))
            {
                return true;
            }
            else if (Stopwatch.GetElapsedTime(head.Since) >= _busyTimeout)
            {
                _ = _waiting.Reader.TryRead(out _);
                head.Fail(_explain(SqliteBusy.Error(SQLitePCL.raw.SQLITE_BUSY, connection.Handle!)));
            }
            else
            {
                _stopping.Wait(SqliteBusy.Pause);
            }
        }

        return false;
    }

    private static void Answer(ISqliteWrite write)
    {
        if (write.TryBegin())
        {
            write.Complete();
        }
    }

    private bool TryRunAlone<T>(Func<SqliteConnection, T> work, WriteTraits traits, out T result)
    {
        result = default!;
        if (!_turn.TryEnter())
        {
            return false;
        }

        try
        {
            if (_connection is not { } connection || _turnsAlone < TurnsUntilAlone || ++_turnsInline % ProbeEvery == 0 || _stopping.IsSet
                || _waiting.Reader.Count > 0 || _checkpoints.IsDue(connection) || !SqliteBusy.TryBegin(connection))
            {
                return false;
            }

            var write = new SqliteInlineWrite<T>(work, traits);
            var batch = new SqliteBatch(connection, _explain);
            batch.Run(write);
            RunStandbys(batch);
            batch.Commit();
            CloseAfter(batch);
            if (_waiting.Reader.Count > 0)
            {
                _turnsAlone = 0;
            }

            result = write.Result();
            return true;
        }
        catch (SqliteException error)
        {
            // Not of the work: its faults are in its result.
            Close();
            var explained = _explain(error);
            TellLater(() => _onFault(explained));
            throw explained;
        }
        finally
        {
            _turn.Exit();
            Tell();
        }
    }

    // A connection that met a fault is replaced: what it was in the middle of is rolled back.
    private bool CloseAfter(SqliteBatch batch)
    {
        if (batch.Fault is { } fault)
        {
            TellLater(() => _onFault(fault));
            Close();
            return true;
        }

        return false;
    }

    private void Look(SqliteConnection connection)
    {
        if (connection.Statement(DataVersion).Scalar() is var version && version != _dataVersion)
        {
            _dataVersion = version;
            Volatile.Write(ref _othersSeen, _othersSeen + 1);
        }
    }

    private void FailWaiting(Func<Exception> error)
    {
        for (var left = _waiting.Reader.Count; left > 0 && _waiting.Reader.TryRead(out var write); left--)
        {
            write.Fail(error());
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _dataVersion = null;
        _checkpoints.Dispose();
    }
}
