using Microsoft.Data.Sqlite;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Migrations_are_numbered_from_one_without_gaps_and_named_by_what_they_do()
    {
        Assert.Equal(Enumerable.Range(1, SqliteMigrations.Known.Count).Select(i => (long)i), SqliteMigrations.Known.Select(migration => migration.Version));
        Assert.All(SqliteMigrations.Known, migration => Assert.Matches(@"^\d{4}_[a-z]+(_[a-z]+)+\.sql$", migration.Name));
    }

    [Fact]
    public async Task Many_instances_that_start_at_once_migrate_once()
    {
        using var start = new Barrier(16);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var database = _file.Open();
                start.SignalAndWait(Cancel);
                return database.InitializeAsync(Cancel).AsTask();
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));

        Assert.Equal(SqliteMigrations.Known.Count, await _file.QueryAsync<long>("SELECT count(*) FROM storage_schema"));
        Assert.Equal("wal", await _file.QueryAsync<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Every_table_says_who_wrote_it_and_when()
    {
        await _file.Open().InitializeAsync(Cancel);

        Assert.Equal(0, await _file.QueryAsync<long>("""
            SELECT count(*) FROM sqlite_master AS tables WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                AND (SELECT count(*) FROM pragma_table_info(tables.name) WHERE name IN ('worker_name', 'container_name', 'created_at')) <> 3
            """));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        await _file.Open().InitializeAsync(Cancel);
        await _file.ExecuteAsync("INSERT INTO storage_schema (version, name, worker_name, container_name, created_at) VALUES (9999, 'later', 'w', 'c', 0)");

        var error = await FailureAsync(_file.Open());

        Assert.Equal(StorageErrorCodes.SchemaTooNew, error.Code);
        Assert.Contains("9999", error.Message, StringComparison.Ordinal);
        Assert.Contains("Update the Orchestrator packages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_database_with_tables_of_our_names_is_refused_and_left_alone()
    {
        await _file.ExecuteAsync("CREATE TABLE tasks (mine TEXT)");

        var error = await FailureAsync(_file.Open());

        Assert.Equal(StorageErrorCodes.MigrationFailed, error.Code);
        Assert.Equal(0, await _file.QueryAsync<long>("SELECT count(*) FROM sqlite_master WHERE name = 'storage_schema'"));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("This is no database. ", 500));
        await File.WriteAllTextAsync(_file.Path, text, Cancel);

        var error = await FailureAsync(_file.Open());

        Assert.Equal(StorageErrorCodes.Corrupt, error.Code);
        Assert.Contains(_file.Path, error.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(_file.Path, Cancel));
    }

    [Fact]
    public async Task A_directory_is_refused_with_a_file_to_use_instead()
    {
        var error = await FailureAsync(_file.Open(options => options.Path = _file.Directory));

        Assert.Equal(StorageErrorCodes.PathIsDirectory, error.Code);
        Assert.Contains(Path.Combine(_file.Directory, "orchestrator.db"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_file.Directory, "file"), "", Cancel);

        var error = await FailureAsync(_file.Open(options => options.Path = Path.Combine(_file.Directory, "file", "below", "x.db")));

        Assert.Equal(StorageErrorCodes.CannotOpen, error.Code);
    }

    [Fact]
    public async Task A_missing_directory_is_made()
    {
        var path = Path.Combine(_file.Directory, "a", "b", "x.db");

        await _file.Open(options => options.Path = path).InitializeAsync(Cancel);

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_busy_database_is_a_transient_fault_after_the_time_out()
    {
        await _file.Open().InitializeAsync(Cancel);
        await using var blocker = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        await blocker.OpenAsync(Cancel);
        await using var held = blocker.BeginTransaction(deferred: false);
        var database = _file.Open(options => options.BusyTimeout = TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<StorageException>(async () => await AddAsync(database, "t1"));
        await held.RollbackAsync(Cancel);

        Assert.Equal(StorageErrorCodes.Busy, error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(1, await AddAsync(database, "t1"));
    }

    [Fact]
    public async Task Readers_do_not_wait_for_a_writer()
    {
        var database = _file.Open();
        await AddAsync(database, "t1");
        await using var blocker = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        await blocker.OpenAsync(Cancel);
        await using var held = blocker.BeginTransaction(deferred: false);

        Assert.Equal("t1", await database.ReadAsync(connection => connection.Statement("SELECT id FROM task_plans").Single(row => row.GetString(0)), Cancel));
        await held.RollbackAsync(Cancel);
    }

    [Fact]
    public async Task Instances_that_write_at_once_never_find_the_database_locked()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(instance => Task.Run(
            async () =>
            {
                var database = _file.Open();
                foreach (var i in Enumerable.Range(0, 50))
                {
                    await AddAsync(database, $"t{instance}-{i}");
                }
            },
            Cancel)));

        Assert.Equal(300, await _file.QueryAsync<long>("SELECT count(*) FROM task_plans"));
    }

    [Theory]
    [InlineData(SqliteDurability.Full, 2)]
    [InlineData(SqliteDurability.Normal, 1)]
    public async Task Durability_decides_whether_each_commit_waits_for_the_disk(SqliteDurability durability, long synchronous)
    {
        var database = _file.Open(options => options.Durability = durability);

        Assert.Equal(synchronous, await database.WriteAsync(connection => Dapper.SqlMapper.ExecuteScalar<long>(connection, "PRAGMA synchronous"), Cancel));
        Assert.Equal(1, await database.WriteAsync(connection => Dapper.SqlMapper.ExecuteScalar<long>(connection, "PRAGMA foreign_keys"), Cancel));
    }

    [Fact]
    public async Task Work_that_throws_leaves_nothing_behind_and_the_next_work_succeeds()
    {
        var database = _file.Open();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await database.WriteAsync<int>(
            connection =>
            {
                Dapper.SqlMapper.Execute(connection, "DELETE FROM storage_schema");
                throw new InvalidTimeZoneException();
            },
            Cancel));

        Assert.Equal(SqliteMigrations.Known.Count, await database.WriteAsync(connection => Dapper.SqlMapper.ExecuteScalar<long>(connection, "SELECT count(*) FROM storage_schema"), Cancel));
    }

    [Fact]
    public async Task A_disposed_database_refuses_work()
    {
        var database = _file.Open();
        await database.InitializeAsync(Cancel);

        database.Dispose();
        database.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await database.InitializeAsync(Cancel));
    }

    private static ValueTask<int> AddAsync(SqliteDatabase database, string id) => database.WriteAsync(
        connection => connection.Statement("INSERT INTO task_plans (id, title, created_at) VALUES (@id, '', 0)").Set("@id", id).Execute(), Cancel);

    private static async Task<StorageException> FailureAsync(SqliteDatabase database) =>
        await Assert.ThrowsAsync<StorageException>(async () => await database.InitializeAsync(Cancel));
}
