using Orchestrator.Conformance;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class MaintenanceTests : IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task Backups_are_left_to_the_tool_that_is_named()
    {
        var maintenance = new PostgreSqlStorageMaintenance(_schema.Open());

        var error = await Assert.ThrowsAsync<StorageException>(async () => await maintenance.BackupAsync("file", false, null, Cancel));

        Assert.Equal(StorageErrorCodes.NotSupported, error.Code);
        Assert.Contains("pg_dump", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_finds_rows_that_do_not_fit_together()
    {
        var script = new QueueScript(_schema.OpenSeams());
        await script.AddAsync("a");
        var maintenance = new PostgreSqlStorageMaintenance(_schema.Open());
        Assert.True((await maintenance.CheckAsync(Cancel)).IsSound);

        await _schema.ExecuteAsync("DELETE FROM task_bodies; UPDATE queue_counter_deltas SET delta = 7");

        var problems = (await maintenance.CheckAsync(Cancel)).Problems;
        Assert.Equal(["row 1 of tasks has no row in task_bodies", "queue_counters does not agree with tasks: default available"], problems);
    }

    [Fact]
    public async Task What_is_old_is_deleted_with_all_that_belongs_to_it_and_nothing_else()
    {
        var script = new QueueScript(_schema.OpenSeams());
        await script.AddAsync("old", task => task with { DeduplicationKey = "key" });
        await script.CompleteAsync("old");
        await script.AddAsync("waiting");
        await script.AddPlanAsync("p", QueueScript.Step("done"), QueueScript.Step("next", "done"));
        await script.CompleteAsync("done");
        script.Now = script.Now.AddDays(8);
        await script.AddAsync("young");
        await script.CompleteAsync("young");

        var result = await new PostgreSqlStorageMaintenance(_schema.Open()).ApplyRetentionAsync(new RetentionPolicy(), script.Now, Cancel);

        Assert.Equal((1, 0, 1), (result.Tasks, result.Plans, result.Keys));
        Assert.Equal("done,next,waiting,young", await _schema.QueryAsync<string>("SELECT string_agg(id, ',' ORDER BY id) FROM tasks"));
        Assert.Equal(0, await _schema.QueryAsync<long>("SELECT count(*) FROM task_events WHERE task_seq = 1"));
        Assert.Equal(new QueueStatistics { Available = 2, Completed = 2 }, await script.Operations.GetStatisticsAsync(null, Cancel));
    }

    [Fact]
    public async Task The_sizes_name_every_table()
    {
        var database = _schema.Open();
        await database.InitializeAsync(Cancel);

        var sizes = await new PostgreSqlStorageMaintenance(database).GetSizesAsync(Cancel);

        Assert.Contains(sizes.Tables, table => table.Table == "tasks" && table.Bytes > 0);
        Assert.Equal(sizes.DatabaseBytes, sizes.Tables.Sum(table => table.Bytes));
    }
}
