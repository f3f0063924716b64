using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite.Tasks;

/// <summary>What the database itself does with every change of a state, whoever makes it.</summary>
public sealed class SqliteTaskStateTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SqliteFile _file = new();
    private SqliteTaskStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = new SqliteTaskStore(_file.Open(), null);
        await _store.AddAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }, new TaskSubmission { Id = "t2", Type = "test", Payload = "1" }], Now, Cancel);
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("retryable")]
    [InlineData("blocked")]
    [InlineData("nonsense")]
    public async Task A_change_of_state_that_does_not_exist_is_refused_and_leaves_nothing_behind(string state)
    {
        var error = await Assert.ThrowsAsync<SqliteException>(() => _file.ExecuteAsync($"UPDATE tasks SET state = '{state}', changed_at = 5"));

        Assert.Contains("no such change of state", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await _file.QueryAsync<long>("SELECT count(*) FROM tasks WHERE state = 'available' AND changed_at <> 5"));
        Assert.Equal(2, await _file.QueryAsync<long>("SELECT count FROM queue_counters WHERE state = 'available'"));
        Assert.Equal(2, await _file.QueryAsync<long>("SELECT count(*) FROM task_events"));
    }

    [Theory]
    [InlineData("completed")]
    public async Task A_completed_task_stays_so(string state)
    {
        var lease = Assert.Single(await _store.LeaseAsync(new LeaseRequest { Worker = new() { Id = "w", WorkerName = "w" } }, Now, Cancel));
        await _store.EndAsync([TaskOutcome.Completed(lease.Token)], null, Now, Cancel);

        await Assert.ThrowsAsync<SqliteException>(() => _file.ExecuteAsync("UPDATE tasks SET state = 'available' WHERE id = 't1'"));

        Assert.Equal(state, await _file.QueryAsync<string>("SELECT state FROM tasks WHERE id = 't1'"));
    }

    [Fact]
    public async Task A_change_behind_the_back_of_the_store_is_counted_and_written_down()
    {
        await _file.ExecuteAsync("UPDATE tasks SET state = 'cancelled', changed_at = 7 WHERE id = 't1'");
        await _file.ExecuteAsync("DELETE FROM tasks WHERE id = 't2'");

        Assert.Equal(0, await _file.QueryAsync<long>("SELECT count FROM queue_counters WHERE state = 'available'"));
        Assert.Equal(1, await _file.QueryAsync<long>("SELECT count FROM queue_counters WHERE state = 'cancelled'"));
        Assert.Equal("available>cancelled@7", await _file.QueryAsync<string>("SELECT from_state || '>' || to_state || '@' || created_at FROM task_events ORDER BY id DESC LIMIT 1"));
        Assert.Equal(0, await _file.QueryAsync<long>("SELECT count(*) FROM task_events WHERE task_seq = 2"));
    }

    [Fact]
    public async Task The_sequence_of_an_event_is_never_given_again_although_its_task_is_deleted()
    {
        var newest = await _file.QueryAsync<long>("SELECT max(id) FROM task_events");
        await _file.ExecuteAsync("DELETE FROM tasks WHERE id = 't2'");
        await _file.ExecuteAsync("DELETE FROM tasks WHERE id = 't1'");

        await _store.AddAsync([new TaskSubmission { Id = "t3", Type = "test", Payload = "1" }], Now, Cancel);

        Assert.Equal(newest + 1, await _file.QueryAsync<long>("SELECT id FROM task_events WHERE task_seq = (SELECT seq FROM tasks WHERE id = 't3')"));
        Assert.Equal(2, await _file.QueryAsync<long>("SELECT count(*) FROM task_events"));

        await _file.ExecuteAsync("DELETE FROM tasks WHERE id = 't3'");

        Assert.Equal(1, await _file.QueryAsync<long>("SELECT count(*) FROM task_events"));
    }

    [Fact]
    public async Task The_end_of_a_lease_is_kept_with_who_held_it_whoever_ends_it()
    {
        await _store.LeaseAsync(new LeaseRequest { Worker = new() { Id = "w", WorkerName = "name", ContainerName = "box" } }, Now, Cancel);
        await _file.ExecuteAsync("UPDATE tasks SET state = 'available', changed_at = 7, started_at = NULL, worker_id = NULL WHERE id = 't1'");

        Assert.Equal(
            $"1 w name box released {Now.ToUnixTimeMilliseconds()} 7",
            await _file.QueryAsync<string>(
                "SELECT lease_id || ' ' || worker_id || ' ' || worker_name || ' ' || container_name || ' ' || outcome || ' ' || started_at || ' ' || ended_at FROM container_tasks"));
    }
}
