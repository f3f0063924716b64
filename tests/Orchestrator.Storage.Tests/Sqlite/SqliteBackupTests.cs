using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Maintenance;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteBackupTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_file.Directory, "backup", "copy.db");

    public SqliteBackupTests() => Directory.CreateDirectory(Path.GetDirectoryName(Target)!);

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_backup_taken_while_others_write_holds_one_moment_and_everything_acknowledged_before_it()
    {
        var database = await OpenAsync(1_000);
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writes = Task.Run(
            async () =>
            {
                for (var i = 1_000; !stop.IsCancellationRequested; i++)
                {
                    await AddAsync(database, i);
                    started.TrySetResult();
                }
            },
            Cancel);
        await started.Task.WaitAsync(Cancel);
        var reports = new Reports();

        await Maintenance(database).BackupAsync(Target, overwrite: false, reports, Cancel);
        await stop.CancelAsync();
        await writes;

        using var copy = _file.Open(options => options.Path = Target);
        var ids = await copy.ReadAsync(connection => connection.Statement("SELECT id FROM rows ORDER BY id").Query(row => row.GetInt64(0)), Cancel);
        Assert.Equal(Enumerable.Range(0, ids.Count).Select(i => (long)i), ids); // No gap: one moment.
        Assert.InRange(ids.Count, 1_001, 100_000);
        Assert.True((await Maintenance(copy).CheckAsync(Cancel)).IsSound);
        Assert.True(reports.All.Count > 1);
        Assert.Equal(reports.All.OrderBy(report => report.BytesDone), reports.All);
        Assert.All(reports.All, report => Assert.Equal(reports.All[0].BytesTotal, report.BytesTotal));
        Assert.Equal(reports.All[^1].BytesTotal, reports.All[^1].BytesDone);
    }

    [Fact]
    public async Task Writers_do_not_wait_for_a_backup()
    {
        var database = await OpenAsync(1_000);
        var written = new List<int>();
        var midway = new Reports(_ => written.Add(AddAsync(database, 5_000 + written.Count).GetAwaiter().GetResult())); // Blocks the backup, were it in the way.

        await Maintenance(database).BackupAsync(Target, overwrite: false, midway, Cancel);

        Assert.NotEmpty(written);
    }

    [Fact]
    public async Task An_existing_file_is_replaced_only_when_that_is_allowed()
    {
        var database = await OpenAsync(1);
        await File.WriteAllTextAsync(Target, "mine", Cancel);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Maintenance(database).BackupAsync(Target, overwrite: false, null, Cancel));
        Assert.Equal(StorageErrorCodes.AlreadyExists, error.Code);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target, Cancel));

        await Maintenance(database).BackupAsync(Target, overwrite: true, null, Cancel);
        using var copy = _file.Open(options => options.Path = Target);
        Assert.Equal(1, await copy.ReadAsync(connection => connection.Statement("SELECT count(*) FROM rows").Scalar(), Cancel));
    }

    [Fact]
    public async Task A_name_whose_log_lies_about_is_refused()
    {
        var database = await OpenAsync(1);
        await File.WriteAllTextAsync(Target + "-wal", "of another database", Cancel);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Maintenance(database).BackupAsync(Target, overwrite: true, null, Cancel));

        Assert.Equal(StorageErrorCodes.AlreadyExists, error.Code);
    }

    [Fact]
    public async Task The_database_itself_is_no_target_by_any_name()
    {
        var database = await OpenAsync(1);
        var link = Path.Combine(_file.Directory, "link.db");
        File.CreateSymbolicLink(link, _file.Path);

        foreach (var path in (string[])[_file.Path, link, _file.Path + "-wal", Path.Combine(_file.Directory, "backup", "..", "test.db")])
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await Maintenance(database).BackupAsync(path, overwrite: true, null, Cancel));
        }

        Assert.Equal(1, await database.ReadAsync(connection => connection.Statement("SELECT count(*) FROM rows").Scalar(), Cancel));
    }

    [Fact]
    public async Task A_backup_that_is_cancelled_leaves_nothing()
    {
        var database = await OpenAsync(500);
        using var cancelled = new CancellationTokenSource();
        var reports = new Reports(_ => cancelled.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Maintenance(database).BackupAsync(Target, overwrite: false, reports, cancelled.Token));

        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_directory_and_a_missing_directory_are_refused()
    {
        var database = await OpenAsync(1);

        Assert.Equal(
            StorageErrorCodes.PathIsDirectory,
            (await Assert.ThrowsAsync<StorageException>(async () => await Maintenance(database).BackupAsync(_file.Directory, overwrite: true, null, Cancel))).Code);
        Assert.Equal(
            StorageErrorCodes.CannotOpen,
            (await Assert.ThrowsAsync<StorageException>(async () => await Maintenance(database).BackupAsync(Path.Combine(_file.Directory, "no", "x"), overwrite: true, null, Cancel))).Code);
    }

    [Fact]
    public async Task Only_its_owner_may_read_a_backup()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows knows no such modes.");

        var database = await OpenAsync(1);

        await Maintenance(database).BackupAsync(Target, overwrite: false, null, Cancel);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Target).UnixFileMode);
        Assert.Equal([Target], Directory.EnumerateFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_damaged_database_is_found_and_its_copy_is_not_kept()
    {
        (await OpenAsync(500)).Dispose();
        await using (var file = new FileStream(_file.Path, FileMode.Open))
        {
            file.Position = file.Length - (40 * 4096);
            await file.WriteAsync(Enumerable.Repeat((byte)0xEE, 30 * 4096).ToArray(), Cancel);
        }

        var maintenance = Maintenance(_file.Open());

        var check = await maintenance.CheckAsync(Cancel);
        Assert.False(check.IsSound);
        Assert.NotEmpty(check.Problems);
        Assert.Equal(StorageErrorCodes.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await maintenance.BackupAsync(Target, overwrite: false, null, Cancel))).Code);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_check_reports_broken_references_and_files_that_are_no_database()
    {
        await OpenAsync(1);
        Assert.True((await Maintenance(_file.Open()).CheckAsync(Cancel)).IsSound);

        await _file.ExecuteAsync("PRAGMA foreign_keys = OFF; INSERT INTO task_bodies (seq, payload, created_at) VALUES (77, 'secret payload', 0)");
        var problem = Assert.Single((await Maintenance(_file.Open()).CheckAsync(Cancel)).Problems);
        Assert.Equal("row 77 of task_bodies refers to a row of tasks that does not exist", problem);

        await File.WriteAllTextAsync(Target, new string('x', 10_000), Cancel);
        Assert.False((await Maintenance(_file.Open(options => options.Path = Target)).CheckAsync(Cancel)).IsSound);
        Assert.Equal(
            StorageErrorCodes.CannotOpen,
            (await Assert.ThrowsAsync<StorageException>(async () => await Maintenance(_file.Open(options => options.Path = Target + "no")).CheckAsync(Cancel))).Code);
    }

    [Fact]
    public async Task Sizes_are_told_without_reading_tables()
    {
        var database = await OpenAsync(300);

        var sizes = await Maintenance(database).GetSizesAsync(Cancel);

        Assert.Equal(300, Assert.Single(sizes.Tables, table => table.Table == "rows").Rows);
        Assert.Equal(0, Assert.Single(sizes.Tables, table => table.Table == "tasks").Rows);
        Assert.Null(Assert.Single(sizes.Tables, table => table.Table == "task_keys").Rows);
        Assert.InRange(sizes.DatabaseBytes, 300 * 3_000, 300 * 10_000);
        Assert.InRange(sizes.LogBytes, 1, long.MaxValue);
        await database.WriteAsync(connection => connection.Statement("DELETE FROM rows").Execute(), Cancel);
        Assert.InRange((await Maintenance(database).GetSizesAsync(Cancel)).FreeBytes, 300 * 3_000, 300 * 10_000);
    }

    private SqliteStorageMaintenance Maintenance(SqliteDatabase database) => new(database, _file.Time);

    private async Task<SqliteDatabase> OpenAsync(int rows)
    {
        var database = _file.Open();
        await database.WriteAsync(connection => connection.Statement("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)").Execute(), Cancel);
        await Task.WhenAll(Enumerable.Range(0, rows).Select(i => AddAsync(database, i)));
        return database;
    }

    private static Task<int> AddAsync(SqliteDatabase database, int id) => database.WriteAsync(
        connection => connection.Statement("INSERT INTO rows (id, text) VALUES (@id, @text)").Set("@id", id).Set("@text", new string('x', 4_000)).Execute(), Cancel).AsTask();

    private sealed class Reports(Action<BackupProgress>? then = null) : IProgress<BackupProgress>
    {
        public List<BackupProgress> All { get; } = [];

        public void Report(BackupProgress value)
        {
            All.Add(value);
            then?.Invoke(value);
        }
    }
}
