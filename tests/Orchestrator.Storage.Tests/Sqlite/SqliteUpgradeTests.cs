using Dapper;
using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Queue.Schedules;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Schedules;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>A database that an older version made and used, opened by this one.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);

    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Tasks_from_before_the_queue_was_extended_keep_everything_and_are_ranked_and_counted()
    {
        await CreateAsync(version: 3);
        await _file.ExecuteAsync("""
            INSERT INTO tasks (seq, id, queue, type, state, priority, available_at, attempt, max_attempts, crashes, lease_id, lease_until, deduplication_key, started_at, finished_at, worker_id, worker_name, created_at)
            VALUES
                (1, 'waits',     'q', 'type', 'available', 0,  1000000, 0, 3, 0, 0, NULL,    'key',  NULL,   NULL,   NULL, NULL, 900000),
                (2, 'urgent',    'q', 'type', 'available', 5,  1000000, 1, 3, 0, 1, NULL,    NULL,   910000, NULL,   NULL, NULL, 900001),
                (3, 'runs',      'q', 'type', 'running',   0,  1000000, 1, 3, 0, 7, 2000000, 'held', 950000, NULL,   'i',  'w',  900002),
                (4, 'later',     'q', 'type', 'scheduled', 0,  1500000, 0, 3, 0, 0, NULL,    NULL,   NULL,   NULL,   NULL, NULL, 900003),
                (5, 'completed', 'q', 'type', 'completed', 0,  1000000, 1, 3, 0, 1, NULL,    'free', 920000, 930000, NULL, NULL, 900004),
                (6, 'dead',      'p', 'type', 'discarded', -1, 1000000, 3, 3, 2, 3, NULL,    NULL,   920000, 940000, NULL, NULL, 900005);
            INSERT INTO task_bodies (seq, payload, checkpoint, result, failure, created_at)
            SELECT seq, '{"n":' || seq || '}', CASE seq WHEN 2 THEN '"half"' END, CASE seq WHEN 5 THEN '"done"' END, NULL, created_at FROM tasks;
            """);

        await using var connection = await UpgradeAsync();
        var seams = _file.OpenSeams();

        // Nothing is lost, what was there is as it was, and what is new follows from it.
        Assert.Equal(
            [
                ("waits", 1_000_000, 900_000, "{\"n\":1}"), ("urgent", 700_000, 910_000, "{\"n\":2}"), ("runs", 1_000_000, 950_000, "{\"n\":3}"), ("later", 1_500_000, 900_003, "{\"n\":4}"),
                ("completed", 1_000_000, 930_000, "{\"n\":5}"), ("dead", 1_060_000, 940_000, "{\"n\":6}"),
            ],
            await connection.QueryAsync<(string, long, long, string)>("SELECT id, rank, changed_at, payload FROM tasks JOIN task_bodies USING (seq) ORDER BY seq"));
        Assert.Equal([("free", 0L), ("held", 1L), ("key", 1L)], await HoldersAsync(connection));
        Assert.Equal(
            new QueueStatistics { Available = 2, Running = 1, Scheduled = 1, Completed = 1, Discarded = 1 }, await seams.Operations.GetStatisticsAsync(null, Cancel));
        Assert.Equal(new QueueStatistics { Discarded = 1 }, await seams.Operations.GetStatisticsAsync("p", Cancel));
        Assert.Equal(16, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM queue_counters")); // A row for each state of each queue: the triggers only update.
        var completed = (await seams.Store.GetAsync("completed", Cancel))!;
        Assert.Equal((QueuedTaskState.Completed, "\"done\""), (completed.State, completed.Result));
    }

    [Fact]
    public async Task Tasks_from_before_the_queue_was_extended_go_on_in_their_order_and_the_triggers_follow()
    {
        await CreateAsync(version: 3);
        await _file.ExecuteAsync("""
            INSERT INTO tasks (seq, id, queue, type, state, priority, available_at, max_attempts, lease_id, lease_until, started_at, worker_id, deduplication_key, attempt, created_at)
            VALUES
                (1, 'first',  'default', 'type', 'available', 0, 900000,  3, 0, NULL,   NULL,   NULL, 'key', 0, 900000),
                (2, 'urgent', 'default', 'type', 'available', 9, 900000,  3, 0, NULL,   NULL,   NULL, NULL,  0, 900000),
                (3, 'lost',   'default', 'type', 'running',   0, 900000,  3, 4, 950000, 910000, 'i',  NULL,  1, 900000),
                (4, 'due',    'default', 'type', 'scheduled', 0, 990000,  3, 0, NULL,   NULL,   NULL, NULL,  0, 900000);
            INSERT INTO task_bodies (seq, payload, created_at) SELECT seq, '1', created_at FROM tasks;
            """);

        await using var connection = await UpgradeAsync();
        var seams = _file.OpenSeams();
        var worker = new WorkerIdentity { Id = "i-2", WorkerName = "w", ContainerName = "c" };
        var added = await seams.Store.AddAsync(
            [new TaskSubmission { Id = "new", Type = "type", Payload = "2" }, new TaskSubmission { Id = "again", Type = "type", Payload = "2", DeduplicationKey = "key" }], Start, Cancel);
        var leased = new List<string>();
        for (var round = 0; round < 2; round++)
        {
            await seams.Store.ReclaimExpiredAsync(Start.AddMinutes(round), Cancel);
            foreach (var lease in await seams.Store.LeaseAsync(new LeaseRequest { Worker = worker, Count = 10 }, Start.AddMinutes(round), Cancel))
            {
                leased.Add(lease.Task.Id);
                await seams.Store.EndAsync([TaskOutcome.Completed(lease.Token)], null, Start.AddMinutes(round), Cancel);
            }
        }

        Assert.Equal([EnqueueStatus.Enqueued, EnqueueStatus.Duplicate], added.Select(result => result.Status));
        Assert.Equal(["due", "first", "lost", "new", "urgent"], leased.Order(StringComparer.Ordinal));
        Assert.Equal("urgent", leased[0]);
        Assert.Equal(new QueueStatistics { Completed = 5 }, await seams.Operations.GetStatisticsAsync("default", Cancel));
        Assert.Equal("crashed", Assert.Single(await connection.QueryAsync<string>("SELECT outcome FROM container_tasks WHERE lease_id = 4")));
        await Assert.ThrowsAsync<SqliteException>(async () => await _file.ExecuteAsync("UPDATE tasks SET state = 'running' WHERE id = 'first'"));
    }

    [Fact]
    public async Task What_the_version_before_provider_configurations_held_is_as_it_was()
    {
        await CreateAsync(version: 4);
        var schedule = ScheduleRow.Write(new TaskSchedule { Id = "nightly", Cron = "0 3 * * *", Task = new TaskSubmission { Id = "t", Type = "type", Payload = "1" } }, redactor: null);
        await _file.ExecuteAsync(
            """
            INSERT INTO tasks (id, queue, type, state, priority, available_at, max_attempts, group_key, created_at) VALUES ('a', 'q', 'type', 'available', 0, 1, 3, 'acme', 1), ('b', 'q', 'type', 'blocked', 0, 1, 3, NULL, 2);
            INSERT INTO task_bodies (seq, payload, created_at) SELECT seq, '1', created_at FROM tasks;
            UPDATE tasks SET state = 'running', lease_id = 1, changed_at = 5 WHERE id = 'a';
            INSERT INTO task_queues (queue, is_paused, max_running, created_at) VALUES ('q', 1, 3, 1);
            INSERT INTO task_schedules (id, schedule, next_at, created_at) VALUES ('nightly', @schedule, 77, 1);
            """,
            new { schedule });
        var before = await DumpAsync();

        await using var connection = await UpgradeAsync();

        Assert.Equal(before, await DumpAsync());
        Assert.Equal(3, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM task_events"));
        var seams = _file.OpenSeams();
        Assert.Equal(new QueueStatistics { Running = 1, Blocked = 1 }, await seams.Operations.GetStatisticsAsync("q", Cancel));
        Assert.Equal("0 3 * * *", (await seams.Schedules.GetAsync("nightly", Cancel))!.Status!.Schedule.Cron);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM ai_provider_configs"));
    }

    private static async Task<IEnumerable<(string, long)>> HoldersAsync(SqliteConnection connection) => await connection.QueryAsync<(string, long)>("""
        SELECT deduplication_key, EXISTS (SELECT 1 FROM task_keys k WHERE k.queue = t.queue AND k.deduplication_key = t.deduplication_key AND k.task_id = t.id)
        FROM tasks t WHERE deduplication_key IS NOT NULL ORDER BY deduplication_key
        """);

    // As the version of that time left it: its migrations, and its entries in the ledger.
    private async Task CreateAsync(int version)
    {
        await _file.ExecuteAsync("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE storage_schema (version INTEGER PRIMARY KEY, name TEXT NOT NULL, worker_name TEXT NOT NULL, container_name TEXT NOT NULL, created_at INTEGER NOT NULL);
            """);
        foreach (var (number, name) in SqliteMigrations.Known.Where(migration => migration.Version <= version))
        {
            using var reader = new StreamReader(typeof(SqliteDatabase).Assembly.GetManifestResourceStream("Migrations/" + name)!);
            await _file.ExecuteAsync(await reader.ReadToEndAsync(Cancel));
            await _file.ExecuteAsync("INSERT INTO storage_schema VALUES (@number, @name, 'local', 'local', 1)", new { number, name });
        }
    }

    private async Task<SqliteConnection> UpgradeAsync()
    {
        await _file.Open().InitializeAsync(Cancel);
        var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        await connection.OpenAsync(Cancel);
        Assert.Equal(SqliteMigrations.Known[^1].Version, await connection.ExecuteScalarAsync<long>("SELECT max(version) FROM storage_schema"));
        Assert.Equal("ok", await connection.ExecuteScalarAsync<string>("PRAGMA integrity_check"));
        Assert.Empty(await connection.QueryAsync("PRAGMA foreign_key_check"));
        return connection;
    }

    private async Task<string> DumpAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        var rows = new List<string>();
        foreach (var table in (string[])["tasks", "task_bodies", "task_events", "queue_counters", "task_groups", "task_queues", "task_schedules"])
        {
            rows.AddRange((await connection.QueryAsync($"SELECT * FROM {table} ORDER BY 1, 2")).Select(row => table + ": " + string.Join('|', ((IDictionary<string, object?>)row).Values)));
        }

        return string.Join('\n', rows);
    }
}
