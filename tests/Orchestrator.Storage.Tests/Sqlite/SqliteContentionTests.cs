using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteContentionTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Four_databases_with_eight_writers_each_and_a_stranger_never_find_the_file_locked()
    {
        await CreateAsync();
        var done = 0;
        var stranger = Task.Run(
            async () =>
            {
                while (Volatile.Read(ref done) < 4 * 8 * 100)
                {
                    using (new SqliteWriteLock(_file.Path))
                    {
                        await Task.Yield();
                    }
                }
            },
            Cancel);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _file.Open()).SelectMany(database => Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await AddAsync(database);
                    Interlocked.Increment(ref done);
                    await database.ReadAsync(connection => connection.Statement("SELECT count(*) FROM rows").Scalar(), Cancel);
                }
            },
            Cancel))));
        await stranger;

        Assert.Equal(4 * 8 * 100, await _file.QueryAsync<long>("SELECT count(*) FROM rows"));
    }

    [Fact]
    public async Task Whoever_waits_longer_than_the_time_out_is_told_and_the_others_go_on()
    {
        await CreateAsync();
        var patient = _file.Open();
        var hasty = _file.Open(options => options.BusyTimeout = TimeSpan.FromSeconds(1));
        await hasty.InitializeAsync(Cancel);
        Task<int> waiting;
        using (new SqliteWriteLock(_file.Path))
        {
            waiting = AddAsync(patient);
            var errors = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Assert.ThrowsAsync<StorageException>(() => AddAsync(hasty))));
            Assert.All(errors, error => Assert.Equal((StorageErrorCodes.Busy, true), (error.Code, error.IsTransient)));
            Assert.False(waiting.IsCompleted);
        }

        Assert.Equal(1, await waiting);
        Assert.Equal(1, await AddAsync(hasty));
    }

    [Fact]
    public async Task Readers_see_what_is_committed_and_cannot_write()
    {
        await CreateAsync();
        var database = _file.Open();
        await AddAsync(database);
        using (new SqliteWriteLock(_file.Path))
        {
            var counts = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(
                () => database.ReadAsync(connection => connection.Statement("SELECT count(*) FROM rows").Scalar(), Cancel).AsTask(), Cancel)));
            Assert.All(counts, count => Assert.Equal(1, count));
        }

        var error = await Assert.ThrowsAsync<StorageException>(async () => await database.ReadAsync(connection => connection.Statement("DELETE FROM rows").Execute(), Cancel));
        Assert.Equal(StorageErrorCodes.ReadOnly, error.Code);
        Assert.Equal(1, await _file.QueryAsync<long>("SELECT count(*) FROM rows"));
    }

    [Fact]
    public async Task The_log_does_not_grow_without_end()
    {
        await CreateAsync();
        var text = new string('x', 1 << 20);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _file.Open()).Select(database => Task.Run(
            async () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    await database.WriteAsync(connection => connection.Statement("INSERT INTO rows (text) VALUES (@text)").Set("@text", text).Execute(), Cancel);
                }
            },
            Cancel)));

        Assert.InRange(new FileInfo(_file.Path + "-wal").Length, 1, 80L << 20);
        Assert.Equal(120, await _file.QueryAsync<long>("SELECT count(*) FROM rows"));
    }

    [Fact]
    public async Task A_reader_that_leaves_a_transaction_open_does_not_pass_its_old_state_on()
    {
        await CreateAsync();
        var database = _file.Open();
        await database.ReadAsync(
            connection =>
            {
                connection.Statement("BEGIN").Execute();
                return connection.Statement("SELECT count(*) FROM rows").Scalar();
            },
            Cancel);

        await AddAsync(database);

        Assert.Equal(1, await database.ReadAsync(connection => connection.Statement("SELECT count(*) FROM rows").Scalar(), Cancel));
    }

    [Fact]
    public async Task Closing_the_last_connection_leaves_one_file()
    {
        var database = _file.Open();
        await CreateAsync(database);
        await AddAsync(database);
        await database.ReadAsync(connection => connection.Statement("SELECT count(*) FROM rows").Scalar(), Cancel);

        database.Dispose();

        Assert.Equal([_file.Path], Directory.EnumerateFiles(_file.Directory));
    }

    private Task CreateAsync() => CreateAsync(_file.Open());

    private static async Task CreateAsync(SqliteDatabase database) => await database.WriteAsync(
        connection => connection.Statement("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)").Execute(), Cancel);

    private static Task<int> AddAsync(SqliteDatabase database) =>
        database.WriteAsync(connection => connection.Statement("INSERT INTO rows (text) VALUES ('')").Execute(), Cancel).AsTask();
}
