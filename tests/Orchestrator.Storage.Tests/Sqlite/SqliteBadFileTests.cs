using System.Collections.Concurrent;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteBadFileTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_full_disk_is_told_to_those_it_hits_and_costs_nothing_that_was_acknowledged()
    {
        var database = await OpenAsync();
        var limit = await database.WriteAsync(connection => connection.Statement("PRAGMA max_page_count = 500").Scalar(), Cancel); // As a disk of 2 MB.
        Assert.Equal(500, limit);
        var acknowledged = new ConcurrentBag<long>();

        var failures = await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(() => FillAsync(database, caller * 10_000, acknowledged), Cancel)));

        var hit = failures.OfType<(long Id, StorageException Error)>().ToList();
        Assert.NotEmpty(hit);
        Assert.All(hit, failure => Assert.Equal((StorageErrorCodes.DiskFull, true), (failure.Error.Code, failure.Error.IsTransient)));
        Assert.Contains("Make room", hit[0].Error.Message, StringComparison.Ordinal);
        Assert.Equal("ok", await _file.QueryAsync<string>("PRAGMA integrity_check"));
        Assert.Equal(acknowledged.Order(), (await IdsAsync(database)).Order());
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named_and_can_still_be_read()
    {
        await AddAsync(await OpenAsync(), 1, 10);
        var database = _file.Open(options => options.ConnectionString = $"Data Source={_file.Path};Mode=ReadOnly");

        var error = await Assert.ThrowsAsync<StorageException>(() => AddAsync(database, 2, 10));

        Assert.Equal((StorageErrorCodes.ReadOnly, false), (error.Code, error.IsTransient));
        Assert.Contains(_file.Path, error.Message, StringComparison.Ordinal);
        Assert.Equal([1L], await IdsAsync(database));
    }

    [Fact]
    public async Task A_damaged_page_is_reported_and_the_rest_is_left_alone()
    {
        var database = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await AddAsync(database, i, 3_000);
        }

        database.Dispose();
        await DamageAsync();

        var error = await Assert.ThrowsAsync<StorageException>(async () => await IdsAsync(_file.Open()));
        Assert.Equal((StorageErrorCodes.Corrupt, false), (error.Code, error.IsTransient));
        Assert.Contains("restore a backup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cut_short_is_reported()
    {
        var database = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await AddAsync(database, i, 3_000);
        }

        database.Dispose();
        await using (var file = new FileStream(_file.Path, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Equal(StorageErrorCodes.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await IdsAsync(_file.Open()))).Code);
    }

    [Theory]
    [InlineData("/data/x", "nfs4")]
    [InlineData("/data", "nfs4")]
    [InlineData("/data/local/x", null)]
    [InlineData("/database", null)]
    [InlineData("/with blank/x", "cifs")]
    [InlineData("/remounted/x", null)]
    [InlineData("/home/me/far", "fuse.sshfs")]
    [InlineData("/", null)]
    public void A_network_file_system_is_told_by_the_table_of_mounts(string directory, string? type)
    {
        string[] mounts =
        [
            "/dev/vda / ext4 rw 0 0", "server:/x /data nfs4 rw 0 0", "/dev/vdb /data/local ext4 rw 0 0", "//s/y /with\\040blank cifs rw 0 0",
            "a:/b /remounted nfs rw 0 0", "/dev/vdc /remounted xfs rw 0 0", "me@far: /home/me/far fuse.sshfs rw 0 0", "broken",
        ];

        Assert.Equal(type, SqliteFileSystem.NetworkTypeOf(directory, mounts));
    }

    [Fact]
    public void A_local_directory_is_not_taken_for_a_network_one() => Assert.Null(SqliteFileSystem.NetworkTypeOf(_file.Directory));

    [Fact]
    public async Task Another_sqlite_in_a_process_that_has_one_is_refused()
    {
        await OpenAsync();

        var error = Assert.Throws<StorageException>(() => _file.Open(options => options.NativeLibrary = "libsqlite3.so.0"));

        Assert.Equal(StorageErrorCodes.NativeLibrary, error.Code);
        Assert.Contains("One process has one SQLite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_of_sqlite_is_told() => Assert.Matches(@"^3\.\d+\.\d+$", _file.Open().EngineVersion);

    // The connection is replaced after the fault, and the disk with it: each caller stops at its first error.
    private static async Task<(long Id, StorageException Error)?> FillAsync(SqliteDatabase database, long first, ConcurrentBag<long> acknowledged)
    {
        for (var id = first; id < first + 200; id++)
        {
            try
            {
                await AddAsync(database, id, 3_000);
                acknowledged.Add(id);
            }
            catch (StorageException error)
            {
                return (id, error);
            }
        }

        return null;
    }

    private async Task<SqliteDatabase> OpenAsync()
    {
        var database = _file.Open();
        await database.WriteAsync(connection => connection.Statement("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)").Execute(), Cancel);
        return database;
    }

    private static Task<int> AddAsync(SqliteDatabase database, long id, int length) => database.WriteAsync(
        connection => connection.Statement("INSERT INTO rows (id, text) VALUES (@id, @text)").Set("@id", id).Set("@text", new string('x', length)).Execute(), Cancel).AsTask();

    private static async Task<List<long>> IdsAsync(SqliteDatabase database) =>
        await database.ReadAsync(connection => connection.Statement("SELECT id FROM rows WHERE length(text) > 0").Query(row => row.GetInt64(0)), Cancel);

    // Not the schema at the front: pages of rows.
    private async Task DamageAsync()
    {
        await using var file = new FileStream(_file.Path, FileMode.Open);
        file.Position = file.Length - (20 * 4096);
        await file.WriteAsync(Enumerable.Repeat((byte)0xEE, 12 * 4096).ToArray(), Cancel);
    }
}
