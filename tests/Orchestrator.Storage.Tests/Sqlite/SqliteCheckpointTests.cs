using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteCheckpointTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly SqliteFile _file = new();
    private readonly RecordingLogger<SqliteDatabase> _logger = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_checkpoint_that_fails_fails_nobody_who_writes_and_is_told_and_tried_again()
    {
        var database = await CreateAsync();
        var moved = _file.Path + ".moved";
        File.Move(_file.Path, moved);
        Directory.CreateDirectory(_file.Path); // Nothing opens this: the writer goes on with what it has open.

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await AddAsync(database, 3 * Megabyte), Cancel)));
        await AddAsync(database, 1);

        Directory.Delete(_file.Path);
        File.Move(moved, _file.Path);
        await AddAsync(database, 2 * Megabyte);
        await AddAsync(database, 2 * Megabyte);
        Assert.InRange(new FileInfo(_file.Path).Length, 20 * Megabyte, long.MaxValue);
        Assert.Equal(11, await _file.QueryAsync<long>("SELECT count(*) FROM rows"));
        database.Dispose();
        Assert.Contains(_logger.Entries, entry => entry.EventId.Name == "CheckpointFailed");
        Assert.DoesNotContain(_logger.Entries, entry => entry.EventId.Name == "WriterFailed");
    }

    [Fact]
    public async Task A_long_log_that_others_left_is_moved_by_the_first_who_writes()
    {
        await CreateAsync();
        await _file.ExecuteAsync($"PRAGMA wal_autocheckpoint = 0; INSERT INTO rows (data) VALUES (zeroblob({70 * Megabyte}))");
        Assert.InRange(new FileInfo(_file.Path + "-wal").Length, SqliteConnections.WalSizeLimit + 1, long.MaxValue);

        var database = _file.Open();
        await AddAsync(database, 1);
        await AddAsync(database, 1);

        Assert.InRange(new FileInfo(_file.Path).Length, 70 * Megabyte, long.MaxValue);
        Assert.InRange(new FileInfo(_file.Path + "-wal").Length, 1, SqliteConnections.WalSizeLimit);
    }

    [Fact]
    public async Task A_checkpoint_that_others_were_in_the_way_of_is_not_tried_again_at_once()
    {
        await CreateAsync();
        var connections = new SqliteConnections(new SqliteStorageOptions { Path = _file.Path });
        using var checkpoints = new SqliteCheckpoints(connections);
        using var writer = connections.OpenWriter(migrate: false, default, null, null);
        writer.Statement("INSERT INTO rows (data) VALUES (zeroblob(@size))").Set("@size", 17L * Megabyte).Execute();
        var before = checkpoints.IsDue(writer);

        bool after;
        using (new SqliteWriteLock(_file.Path))
        {
            Assert.Null(checkpoints.Run(writer));
            after = checkpoints.IsDue(writer);
        }

        writer.Statement("INSERT INTO rows (data) VALUES (zeroblob(@size))").Set("@size", 2L * Megabyte).Execute();
        Assert.Equal((true, false, true), (before, after, checkpoints.IsDue(writer)));
        Assert.Null(checkpoints.Run(writer));
        Assert.False(checkpoints.IsDue(writer));
    }

    private async Task<SqliteDatabase> CreateAsync()
    {
        var database = _file.Open(logger: _logger);
        await database.WriteAsync(connection => connection.Statement("CREATE TABLE rows (id INTEGER PRIMARY KEY, data BLOB)").Execute(), Cancel);
        return database;
    }

    private static async Task AddAsync(SqliteDatabase database, int size) => await database.WriteAsync(
        connection => connection.Statement("INSERT INTO rows (data) VALUES (zeroblob(@size))").Set("@size", (long)size).Execute(), Cancel);
}
