using Dapper;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Maintenance;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteRetentionTests : IDisposable
{
    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;

    private readonly SqliteFile _file = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteStorageMaintenance _maintenance;

    public SqliteRetentionTests()
    {
        _database = _file.Open();
        _maintenance = new SqliteStorageMaintenance(_database, _file.Time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("completed", 7)]
    [InlineData("cancelled", 7)]
    [InlineData("discarded", 30)]
    public async Task A_finished_task_goes_with_all_that_belongs_to_it_when_its_days_are_over(string state, int days)
    {
        await AddTaskAsync("old", state, days + 0.1);
        await AddTaskAsync("young", state, days - 0.1);
        await AddTaskAsync("waiting", "available", null);
        await AddTaskAsync("running", "running", null);

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);

        Assert.Equal(new RetentionResult { Tasks = 1, Plans = 0, Keys = 0, Executions = 0 }, result);
        Assert.Equal("running,waiting,young", await NamesAsync("SELECT id FROM tasks"));
        foreach (var table in (string[])["task_bodies.seq", "task_events.task_seq", "container_tasks.task_seq", "task_log_lines.task_seq"])
        {
            Assert.Equal("running,waiting,young", await NamesAsync($"SELECT DISTINCT tasks.id FROM {table.Split('.')[0]} LEFT JOIN tasks ON tasks.seq = {table}"));
        }

        Assert.Equal(state == "completed" ? 1 : 0, await _file.QueryAsync<long>("SELECT count FROM queue_counters WHERE queue = 'q' AND state = 'completed'"));
    }

    [Fact]
    public async Task What_is_kept_for_ever_stays_and_what_is_kept_for_no_time_goes()
    {
        await AddTaskAsync("completed", "completed", 9_999);
        await AddTaskAsync("discarded", "discarded", 0.001);

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy { Completed = null, Cancelled = null, Discarded = TimeSpan.Zero, Executions = null }, Now, Cancel);

        Assert.Equal(1, result.Tasks);
        Assert.Equal("completed", await NamesAsync("SELECT id FROM tasks"));
        Assert.Equal(0, (await _maintenance.ApplyRetentionAsync(new RetentionPolicy { Completed = null, Cancelled = null, Discarded = null }, Now, Cancel)).Total);
    }

    [Fact]
    public async Task Tasks_of_a_plan_stay_until_the_plan_is_over_and_the_plan_until_its_last_task_is_gone()
    {
        await AddPlanAsync("going", null);
        await AddPlanAsync("over", 8);
        await AddPlanAsync("half", 8);
        await AddTaskAsync("a", "completed", 20, plan: "going");
        await AddTaskAsync("b", "completed", 20, plan: "over");
        await AddTaskAsync("c", "completed", 20, plan: "half");
        await AddTaskAsync("d", "discarded", 8, plan: "half");

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy { Discarded = TimeSpan.FromDays(30), Completed = TimeSpan.FromDays(7) }, Now + TimeSpan.FromDays(20), Cancel);

        Assert.Equal(1, result.Plans);
        Assert.Equal("a,d", await NamesAsync("SELECT id FROM tasks"));
        Assert.Equal("going,half", await NamesAsync("SELECT id FROM task_plans"));
    }

    [Fact]
    public async Task What_a_dead_letter_depends_on_stays_until_that_one_goes()
    {
        await AddPlanAsync("over", 20);
        await AddTaskAsync("parent", "completed", 20, plan: "over");
        await AddTaskAsync("done", "completed", 20, plan: "over");
        await AddTaskAsync("dead", "discarded", 20, plan: "over");
        await AddTaskAsync("after", "cancelled", 20, plan: "over");
        foreach (var (task, parent) in ((string, string)[])[("done", "parent"), ("dead", "done"), ("after", "dead")])
        {
            await ExecuteAsync(
                "INSERT INTO task_dependencies (task_seq, depends_on_seq, created_at) SELECT child.seq, parent.seq, 0 FROM tasks AS child, tasks AS parent WHERE child.id = @task AND parent.id = @parent",
                new { task, parent });
        }

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy { Cancelled = null }, Now, Cancel);
        Assert.Equal("after,dead,done", await NamesAsync("SELECT id FROM tasks"));

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);
        Assert.Equal("dead,done", await NamesAsync("SELECT id FROM tasks"));

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now + TimeSpan.FromDays(11), Cancel);
        Assert.Equal("", await NamesAsync("SELECT id FROM tasks"));
    }

    [Fact]
    public async Task Groups_go_of_which_nothing_is_to_be_remembered()
    {
        await AddTaskAsync("waiting", "available", null);
        await AddTaskAsync("running", "running", null);
        await ExecuteAsync(
            """
            UPDATE tasks SET group_key = id;
            INSERT INTO task_queues (queue, rate_count, rate_period, created_at) VALUES ('q', 10, 60000, 0);
            INSERT INTO task_groups (queue, group_key, max_running, weight, is_active, tokens, refilled_at, created_at) VALUES
                ('q', 'idle', NULL, 1, 0, NULL, NULL, 0), ('q', 'refilled', NULL, 1, 0, 0, @now - 60000, 0), ('q', 'empty', NULL, 1, 0, 0, @now - 59000, 0),
                ('q', 'active', NULL, 1, 1, NULL, NULL, 0), ('q', 'limited', 5, 1, 0, NULL, NULL, 0), ('q', 'heavy', NULL, 2, 0, NULL, NULL, 0),
                ('q', 'running', NULL, 1, 0, NULL, NULL, 0), ('other', 'unlimited', NULL, 1, 0, 0, @now, 0);
            UPDATE task_groups SET is_active = 0 WHERE group_key = 'waiting'
            """,
            new { now = Now.ToUnixTimeMilliseconds() });

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);

        Assert.Equal("active,empty,heavy,limited,running,waiting", await NamesAsync("SELECT group_key FROM task_groups"));
    }

    [Fact]
    public async Task The_lines_of_long_logs_go_in_transactions_of_a_limited_size()
    {
        await AddTaskAsync("old", "completed", 8);
        await AddTaskAsync("older", "completed", 8);
        await AddTaskAsync("young", "completed", 1);
        await ExecuteAsync(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4999)
            INSERT INTO task_log_lines (task_seq, lease_id, level, text, created_at) SELECT seq, 1, 'information', 'x', 0 FROM tasks, numbers
            """,
            null);
        var most = await CountPerTransactionAsync("task_log_lines");

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);

        Assert.Equal(2, result.Tasks);
        Assert.Equal(5_000, await _file.QueryAsync<long>("SELECT count(*) FROM task_log_lines"));
        Assert.InRange(most(), 1, 2_000);
    }

    [Fact]
    public async Task Deduplication_keys_go_when_they_hold_nothing()
    {
        await AddTaskAsync("waiting", "available", null);
        await AddTaskAsync("done", "completed", 1);
        await AddKeyAsync("holds", "waiting", null);
        await AddKeyAsync("held", "done", null);
        await AddKeyAsync("gone", "no such task", null);
        await AddKeyAsync("lasting", "no such task", Now.ToUnixTimeMilliseconds() + 1);
        await AddKeyAsync("expired", "no such task", Now.ToUnixTimeMilliseconds());
        await AddKeyAsync("expired but holding", "waiting", 0);

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);

        Assert.Equal(3, result.Keys);
        Assert.Equal("expired but holding,holds,lasting", await NamesAsync("SELECT deduplication_key FROM task_keys"));
    }

    [Fact]
    public async Task Executions_and_assignments_go_unless_their_task_is_not_over()
    {
        await AddTaskAsync("waiting", "available", null);
        foreach (var (id, task, days) in ((string, string, double)[])[("old", "gone", 91), ("young", "gone", 89), ("needed", "waiting", 91)])
        {
            await ExecuteAsync(
                """
                INSERT INTO ai_provider_executions (id, task_id, provider, attempt, status, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
                    started_at, worker_name, container_name, created_at) VALUES (@id, @task, 'p', 1, 'succeeded', 0, 0, 0, 0, 0, 0, 'w', 'c', @at);
                INSERT INTO ai_provider_assignments (task_id, decision_id, decision, worker_name, container_name, created_at) VALUES (@task, @id, '{}', 'w', 'c', @at)
                """,
                new { id, task, at = At(days) });
        }

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);

        Assert.Equal(2, result.Executions);
        Assert.Equal("needed,young", await NamesAsync("SELECT id FROM ai_provider_executions"));
        Assert.Equal("needed,young", await NamesAsync("SELECT decision_id FROM ai_provider_assignments"));
    }

    [Fact]
    public async Task The_operation_log_is_never_shortened()
    {
        await ExecuteAsync(
            """
            INSERT INTO operation_logs (sequence, name, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
            VALUES (1, 'x', 'succeeded', '', '{}', 'w', 'c', 0, '', '')
            """,
            null);

        await _maintenance.ApplyRetentionAsync(
            new RetentionPolicy { Completed = TimeSpan.Zero, Cancelled = TimeSpan.Zero, Discarded = TimeSpan.Zero, Executions = TimeSpan.Zero }, Now, Cancel);

        Assert.Equal(1, await _file.QueryAsync<long>("SELECT count(*) FROM operation_logs"));
    }

    [Fact]
    public async Task Many_tasks_go_in_small_transactions_and_old_ones_behind_young_ones_are_found()
    {
        await ExecuteAsync(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000)
            INSERT INTO tasks (id, queue, type, state, priority, available_at, max_attempts, finished_at, created_at)
            SELECT 't' || n, 'q', 't', CASE WHEN n % 4 = 0 THEN 'available' ELSE 'completed' END, 0, 0, 1, CASE WHEN n % 4 <> 0 THEN @old END, @old FROM numbers
            """,
            new { old = At(8) });
        var most = await CountPerTransactionAsync("tasks");

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, Cancel);

        Assert.Equal(9_000, result.Tasks);
        Assert.Equal(3_000, await _file.QueryAsync<long>("SELECT count(*) FROM tasks"));
        Assert.InRange(most(), 1, 500);
    }

    [Fact]
    public async Task A_retention_that_is_cancelled_stops()
    {
        await AddTaskAsync("old", "completed", 8);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), Now, new CancellationToken(canceled: true)));

        Assert.Equal(1, await _file.QueryAsync<long>("SELECT count(*) FROM tasks"));
    }

    // The most rows of a table that one transaction changed from now on.
    private async Task<Func<int>> CountPerTransactionAsync(string watched)
    {
        var (most, changed) = (0, 0);
        await _database.WriteAsync(
            connection =>
            {
                SQLitePCL.raw.sqlite3_update_hook(connection.Handle, (_, _, _, table, _) => changed += table.utf8_to_string() == watched ? 1 : 0, null);
                SQLitePCL.raw.sqlite3_commit_hook(
                    connection.Handle,
                    _ =>
                    {
                        (most, changed) = (Math.Max(most, changed), 0);
                        return 0;
                    },
                    null);
                return 0;
            },
            Cancel);
        return () => most;
    }

    private static long At(double daysAgo) => (Now - TimeSpan.FromDays(daysAgo)).ToUnixTimeMilliseconds();

    private Task AddTaskAsync(string id, string state, double? finished, string? plan = null) => ExecuteAsync(
        """
        INSERT INTO tasks (id, queue, type, state, priority, available_at, max_attempts, finished_at, plan_id, created_at) VALUES (@id, 'q', 't', @state, 0, 0, 1, @at, @plan, 0);
        INSERT INTO task_bodies (seq, payload, created_at) SELECT seq, '1', 0 FROM tasks WHERE id = @id;
        INSERT INTO task_events (task_seq, to_state, lease_id, outcome, started_at, created_at) SELECT seq, 'completed', 1, 'completed', 0, 0 FROM tasks WHERE id = @id;
        INSERT INTO task_log_lines (task_seq, lease_id, level, text, created_at) SELECT seq, 1, 'information', 'x', 0 FROM tasks WHERE id = @id
        """,
        new { id, state, at = finished is { } days ? At(days) : (long?)null, plan });

    private Task AddPlanAsync(string id, double? finished) => ExecuteAsync(
        "INSERT INTO task_plans (id, title, finished_at, created_at) VALUES (@id, '', @at, 0)", new { id, at = finished is { } days ? At(days) : (long?)null });

    private Task AddKeyAsync(string key, string task, long? expires) => ExecuteAsync(
        "INSERT INTO task_keys (queue, deduplication_key, task_id, states, expires_at, created_at) VALUES ('q', @key, @task, ',available,running,', @expires, 0)",
        new { key, task, expires });

    private async Task ExecuteAsync(string sql, object? parameters) => await _database.WriteAsync(connection => connection.Execute(sql, parameters), Cancel);

    private async Task<string> NamesAsync(string query) =>
        await _database.ReadAsync(connection => string.Join(',', connection.Query<string>(query).Order(StringComparer.Ordinal)), Cancel);
}
