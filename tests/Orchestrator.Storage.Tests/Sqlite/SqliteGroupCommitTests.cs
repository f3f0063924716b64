using Microsoft.Data.Sqlite;
using Orchestrator.Storage.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteGroupCommitTests : IDisposable
{
    private const string Insert = "INSERT INTO rows (id, caller) VALUES (@id, @caller)";

    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Callers_who_wait_at_the_same_time_share_one_commit()
    {
        var database = await OpenAsync();
        var commits = await CountCommitsAsync(database);

        var writes = await WhileLockedAsync(() => Enumerable.Range(0, 64).Select(i => AddAsync(database, i)).ToList());

        Assert.Equal(Enumerable.Range(0, 64), await Task.WhenAll(writes));
        Assert.Equal(1, commits());
        Assert.Equal(64, await CountAsync());
    }

    [Fact]
    public async Task A_failing_caller_hurts_nobody_else()
    {
        var database = await OpenAsync();

        var writes = await WhileLockedAsync(() => Enumerable.Range(0, 64).Select(i => AddAsync(database, i, then: () =>
        {
            if (i % 7 == 0)
            {
                throw new InvalidTimeZoneException($"{i}");
            }
        })).ToList());
        await Task.WhenAll(writes).ContinueWith(static _ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.All(writes.Index(), write => Assert.Equal(write.Index % 7 == 0 ? $"{write.Index}" : null, (write.Item.Exception?.InnerException as InvalidTimeZoneException)?.Message));
        Assert.Equal(string.Join(',', Enumerable.Range(0, 64).Where(i => i % 7 != 0)), await _file.QueryAsync<string>("SELECT group_concat(id) FROM (SELECT id FROM rows ORDER BY id)"));
    }

    [Fact]
    public async Task A_broken_constraint_reaches_its_caller_alone_and_keeps_the_connection()
    {
        var database = await OpenAsync();
        var commits = await CountCommitsAsync(database);

        var writes = await WhileLockedAsync(() => (List<Task<int>>)[AddAsync(database, 1), AddAsync(database, 1), AddAsync(database, 2)]);

        Assert.Equal(1, await writes[0]);
        Assert.Equal(StorageErrorCodes.Failed, (await Assert.ThrowsAsync<StorageException>(() => writes[1])).Code);
        Assert.Equal(2, await writes[2]);
        await AddAsync(database, 3);
        Assert.Equal(2, commits()); // A connection opened anew would not be counted.
    }

    [Fact]
    public async Task Many_callers_each_get_their_own_result_and_never_are_two_at_work()
    {
        var database = await OpenAsync();
        var inside = 0;
        var most = 0;

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(
            async () =>
            {
                var own = new List<int>();
                for (var i = 0; i < 20; i++)
                {
                    own.Add(await AddAsync(database, (caller * 1000) + i, then: () =>
                    {
                        most = Math.Max(most, Interlocked.Increment(ref inside));
                        Interlocked.Decrement(ref inside);
                    }));
                }

                return own;
            },
            Cancel)));

        Assert.All(results.Index(), caller => Assert.Equal(Enumerable.Range(caller.Index * 1000, 20), caller.Item));
        Assert.Equal(1, most);
        Assert.Equal(64 * 20, await CountAsync());
    }

    [Fact]
    public async Task What_one_caller_hands_over_runs_in_that_order()
    {
        var database = await OpenAsync();
        var order = new List<int>();

        var writes = Enumerable.Range(0, 500).Select(i => AddAsync(database, i, then: () => order.Add(i))).ToList();
        await Task.WhenAll(writes);

        Assert.Equal(Enumerable.Range(0, 500), order);
    }

    [Fact]
    public async Task More_callers_than_the_queue_holds_wait_for_room()
    {
        var database = await OpenAsync();

        var writes = await WhileLockedAsync(() => Enumerable.Range(0, 6_000).Select(i => AddAsync(database, i)).ToList());
        await Task.WhenAll(writes);

        Assert.Equal(6_000, await CountAsync());
    }

    [Fact]
    public async Task Work_that_was_cancelled_before_its_turn_never_runs()
    {
        var database = await OpenAsync();
        using var cancelled = new CancellationTokenSource();
        var ran = false;
        Task<int> write;
        using (new SqliteWriteLock(_file.Path))
        {
            write = AddAsync(database, 1, then: () => ran = true, cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write); // Told at once, not when the lock is free.
        }

        await AddAsync(database, 2);

        Assert.False(ran);
        Assert.Equal("2", await _file.QueryAsync<string>("SELECT group_concat(id) FROM rows"));
    }

    [Fact]
    public async Task Work_that_was_cancelled_once_it_had_begun_is_told_the_truth()
    {
        var database = await OpenAsync();
        using var cancelled = new CancellationTokenSource();

        var writes = await WhileLockedAsync(() => (List<Task<int>>)[AddAsync(database, 1, then: cancelled.Cancel, cancelled.Token), AddAsync(database, 2, null, cancelled.Token)]);

        Assert.Equal(1, await writes[0]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writes[1]);
        Assert.Equal("1", await _file.QueryAsync<string>("SELECT group_concat(id) FROM rows"));
    }

    [Fact]
    public async Task A_commit_that_fails_fails_everybody_in_it_and_nobody_after()
    {
        var database = await OpenAsync();
        await database.WriteAsync(connection => connection.Statement("CREATE TABLE children (parent INTEGER REFERENCES rows (id) DEFERRABLE INITIALLY DEFERRED)").Execute(), Cancel);

        var writes = await WhileLockedAsync(() => (List<Task<int>>)
        [
            AddAsync(database, 1),
            database.WriteAsync(connection => connection.Statement("INSERT INTO children (parent) VALUES (99)").Execute(), Cancel).AsTask(),
            AddAsync(database, 2),
        ]);

        foreach (var write in writes)
        {
            Assert.Equal(StorageErrorCodes.Failed, (await Assert.ThrowsAsync<StorageException>(() => write)).Code);
        }

        Assert.Equal(0, await CountAsync());
        Assert.Equal(3, await AddAsync(database, 3));
    }

    [Fact]
    public async Task Work_that_loses_the_transaction_takes_nobody_along_without_a_word()
    {
        var database = await OpenAsync();

        var writes = await WhileLockedAsync(() => (List<Task<int>>)
        [
            AddAsync(database, 1),
            database.WriteAsync<int>(
                connection =>
                {
                    // As SQLite does by itself when a disk fails.
                    connection.Statement("ROLLBACK").Execute();
                    throw new InvalidTimeZoneException();
                },
                Cancel).AsTask(),
            AddAsync(database, 2),
        ]);

        Assert.True((await Assert.ThrowsAsync<StorageException>(() => writes[0])).IsTransient);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => writes[1]);
        Assert.Equal(2, await writes[2]);
        Assert.Equal("2", await _file.QueryAsync<string>("SELECT group_concat(id) FROM rows"));
    }

    [Fact]
    public async Task Works_that_may_repeat_run_again_when_one_of_them_fails_and_only_that_one_fails()
    {
        var database = await OpenAsync();
        var commits = await CountCommitsAsync(database);
        var runs = new int[64];

        var writes = await WhileLockedAsync(() => Enumerable.Range(0, 64).Select(i => AddAgainAsync(database, i, then: () =>
        {
            runs[i]++;
            if (i is 20 or 40)
            {
                throw new InvalidTimeZoneException($"{i}");
            }
        })).ToList());
        await Task.WhenAll(writes).ContinueWith(static _ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.All(writes.Index(), write => Assert.Equal(write.Index is 20 or 40 ? $"{write.Index}" : null, (write.Item.Exception?.InnerException as InvalidTimeZoneException)?.Message));
        Assert.Equal(62, await CountAsync());
        Assert.Equal(1, commits());
        Assert.Equal(Enumerable.Range(0, 64).Select(i => i <= 20 ? 2 : 1), runs); // From the first failure on, each has a savepoint.
    }

    [Fact]
    public async Task Work_that_must_not_repeat_runs_once_also_beside_work_that_may_and_fails()
    {
        var database = await OpenAsync();
        var runs = 0;

        var writes = await WhileLockedAsync(() => (List<Task<int>>)
        [
            AddAgainAsync(database, 1),
            AddAsync(database, 2, then: () => runs++),
            AddAgainAsync(database, 2),
            AddAsync(database, 2, then: () => runs++),
            AddAgainAsync(database, 3),
        ]);

        Assert.Equal((1, 2, 3), (await writes[0], await writes[1], await writes[4]));
        Assert.Equal(StorageErrorCodes.Failed, (await Assert.ThrowsAsync<StorageException>(() => writes[2])).Code);
        Assert.Equal(StorageErrorCodes.Failed, (await Assert.ThrowsAsync<StorageException>(() => writes[3])).Code);
        Assert.Equal((3, 1), (await CountAsync(), runs));
    }

    [Fact]
    public async Task Work_that_may_repeat_and_loses_the_transaction_takes_nobody_along_without_a_word()
    {
        var database = await OpenAsync();

        var writes = await WhileLockedAsync(() => (List<Task<int>>)
        [
            AddAgainAsync(database, 1),
            AddAgainAsync(database, 2, then: connection =>
            {
                connection.Statement("ROLLBACK").Execute();
                throw new InvalidTimeZoneException();
            }),
            AddAgainAsync(database, 3),
        ]);

        Assert.True((await Assert.ThrowsAsync<StorageException>(() => writes[0])).IsTransient);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => writes[1]);
        Assert.Equal(3, await writes[2]);
        Assert.Equal("3", await _file.QueryAsync<string>("SELECT group_concat(id) FROM rows"));
    }

    [Fact]
    public async Task Work_cannot_write_through_the_database_again()
    {
        var database = await OpenAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await database.WriteAsync(
            _ => database.WriteAsync(_ => 1, Cancel).AsTask().GetAwaiter().GetResult(), Cancel));

        Assert.Equal(1, await AddAsync(database, 1));
    }

    [Fact]
    public async Task Disposing_refuses_what_waits_and_waits_for_nobody()
    {
        var database = await OpenAsync();
        List<Task<int>> writes;
        using (new SqliteWriteLock(_file.Path))
        {
            writes = [AddAsync(database, 1), AddAsync(database, 2)];
            database.Dispose();
        }

        foreach (var write in writes)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => write);
        }

        Assert.Equal(0, await CountAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => AddAsync(database, 3));
    }

    private async Task<SqliteDatabase> OpenAsync()
    {
        var database = _file.Open();
        await database.WriteAsync(connection => connection.Statement("CREATE TABLE rows (id INTEGER PRIMARY KEY, caller INTEGER)").Execute(), Cancel);
        return database;
    }

    private static Task<int> AddAsync(SqliteDatabase database, int id, Action? then = null, CancellationToken? cancellationToken = null) => database.WriteAsync(
        connection =>
        {
            connection.Statement(Insert).Set("@id", id).Execute();
            then?.Invoke();
            return id;
        },
        cancellationToken ?? Cancel).AsTask();

    private static Task<int> AddAgainAsync(SqliteDatabase database, int id, Action? then = null) => AddAgainAsync(database, id, _ => then?.Invoke());

    private static Task<int> AddAgainAsync(SqliteDatabase database, int id, Action<SqliteConnection> then) => database.WriteAsync(
        connection =>
        {
            connection.Statement(Insert).Set("@id", id).Execute();
            then(connection);
            return id;
        },
        WriteTraits.Repeatable,
        Cancel).AsTask();

    private static async Task<Func<int>> CountCommitsAsync(SqliteDatabase database)
    {
        var commits = 0;
        await database.WriteAsync(
            connection =>
            {
                raw.sqlite3_commit_hook(connection.Handle, _ => Interlocked.Increment(ref commits) & 0, null);
                return 0;
            },
            Cancel);
        Interlocked.Exchange(ref commits, 0); // That of the hook itself.
        return () => Volatile.Read(ref commits);
    }

    // What is handed over while another process writes is waiting when the writer's turn comes.
    private async Task<List<Task<int>>> WhileLockedAsync(Func<List<Task<int>>> write)
    {
        using (new SqliteWriteLock(_file.Path))
        {
            return await Task.Run(write, Cancel);
        }
    }

    private Task<long> CountAsync() => _file.QueryAsync<long>("SELECT count(*) FROM rows");
}
