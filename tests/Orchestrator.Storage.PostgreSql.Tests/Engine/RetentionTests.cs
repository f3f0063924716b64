using Orchestrator.Conformance;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class RetentionTests : IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();
    private readonly QueueScript _script;
    private readonly PostgreSqlStorageMaintenance _maintenance;

    public RetentionTests()
    {
        _script = new QueueScript(_schema.OpenSeams());
        _maintenance = new PostgreSqlStorageMaintenance(_schema.Open());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task What_a_dead_letter_depends_on_stays_until_that_one_goes()
    {
        await _script.AddPlanAsync("p", QueueScript.Step("parent"), QueueScript.Step("done", "parent"), QueueScript.Step("dead", "done"), QueueScript.Step("after", "dead"));
        await _script.CompleteAsync("parent");
        await _script.CompleteAsync("done");
        await _schema.ExecuteAsync("UPDATE tasks SET state = 'discarded', finished_at = changed_at WHERE id = 'dead'; UPDATE tasks SET state = 'cancelled', finished_at = changed_at WHERE id = 'after'");
        await _schema.ExecuteAsync($"UPDATE task_plans SET finished_at = {_script.Now.ToUnixTimeMilliseconds()}");

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy { Cancelled = null }, _script.Now.AddDays(20), Cancel);
        Assert.Equal("after,dead,done", await TasksAsync());

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _script.Now.AddDays(20), Cancel);
        Assert.Equal("dead,done", await TasksAsync());

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _script.Now.AddDays(31), Cancel);
        Assert.Equal("", await TasksAsync());
    }

    [Fact]
    public async Task Groups_go_of_which_nothing_is_to_be_remembered()
    {
        await _script.AddAsync("waiting", task => task with { Group = "waiting" });
        await _schema.ExecuteAsync($"""
            INSERT INTO task_queues (queue, rate_count, rate_period, created_at) VALUES ('default', 10, 60000, 0);
            INSERT INTO task_groups (queue, group_key, max_running, weight, is_active, tokens, refilled_at, created_at) VALUES
                ('default', 'idle', NULL, 1, false, NULL, NULL, 0), ('default', 'refilled', NULL, 1, false, 0, {_script.Now.ToUnixTimeMilliseconds() - 60000}, 0),
                ('default', 'empty', NULL, 1, false, 0, {_script.Now.ToUnixTimeMilliseconds() - 59000}, 0), ('default', 'active', NULL, 1, true, NULL, NULL, 0),
                ('default', 'limited', 5, 1, false, NULL, NULL, 0), ('default', 'heavy', NULL, 2, false, NULL, NULL, 0),
                ('other', 'unlimited', NULL, 1, false, 0, {_script.Now.ToUnixTimeMilliseconds()}, 0);
            UPDATE task_groups SET is_active = false WHERE group_key = 'waiting'
            """);

        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _script.Now, Cancel);

        Assert.Equal("active,empty,heavy,limited,waiting", await _schema.QueryAsync<string>("SELECT string_agg(group_key, ',' ORDER BY group_key) FROM task_groups"));
    }

    [Fact]
    public async Task The_lines_of_long_logs_go_in_statements_of_a_limited_size()
    {
        await _script.AddAsync("old");
        await _script.AddAsync("older");
        await _script.CompleteAsync("old");
        await _script.CompleteAsync("older");
        await _schema.ExecuteAsync($"""
            INSERT INTO task_log_lines (task_seq, lease_id, level, text, created_at) SELECT t.seq, 1, 'information', 'x', 0 FROM tasks t, generate_series(1, 7000);
            CREATE TABLE sizes (lines bigint NOT NULL);
            CREATE FUNCTION measure() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO {_schema.Name}.sizes SELECT count(*) FROM gone; RETURN NULL; END';
            CREATE TRIGGER measure AFTER DELETE ON task_log_lines REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION measure()
            """);

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _script.Now.AddDays(8), Cancel);

        Assert.Equal(2, result.Tasks);
        Assert.Equal(14_000, await _schema.QueryAsync<long>("SELECT sum(lines)::bigint FROM sizes"));
        Assert.Equal(5_000, await _schema.QueryAsync<long>("SELECT max(lines) FROM sizes"));
    }

    private async Task<string> TasksAsync() => await _schema.QueryAsync<string>("SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM tasks") ?? "";
}
