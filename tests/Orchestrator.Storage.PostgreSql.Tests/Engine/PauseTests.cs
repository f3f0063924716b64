using Npgsql;
using Orchestrator.Conformance;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class PauseTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Theory]
    [InlineData("pause")]
    [InlineData("settings")]
    [InlineData("limits")]
    public async Task A_queue_is_paused_or_limited_only_once_what_was_being_leased_meanwhile_can_be_seen(string change)
    {
        var seams = _schema.OpenSeams();
        await seams.Store.AddAsync([QueueScript.Submission("a"), QueueScript.Submission("b")], Now, Cancel);
        await using var blocker = await _schema.ConnectAsync();
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("LOCK TABLE task_leases IN SHARE MODE", blocker, transaction);
        await hold.ExecuteNonQueryAsync(Cancel);
        var leasing = seams.Store.LeaseAsync(Ask(), Now, Cancel).AsTask();
        await Eventually.TrueAsync(async () => await CountWaitingAsync("%lease_tasks%") == 1, Cancel);

        var changing = change switch
        {
            "pause" => seams.Operations.PauseAsync("default", true, Now, Cancel).AsTask(),
            "settings" => seams.Operations.SetQueueAsync(new QueueSettings { Queue = "default", IsPaused = true }, Now, Cancel).AsTask(),
            _ => seams.Operations.SetLimitsAsync(new QueueSettings { Queue = "default", MaxRunning = 1 }, Now, Cancel).AsTask(),
        };
        await Eventually.TrueAsync(async () => changing.IsCompleted || await CountWaitingAsync("%INTO%task_queues%") == 1, Cancel);

        Assert.False(changing.IsCompleted, "Told to be over before it holds.");
        await transaction.RollbackAsync(Cancel);
        await changing;
        Assert.Equal(1, (await seams.Operations.GetStatisticsAsync("default", Cancel)).Running);
        Assert.Single(await leasing);
        Assert.Empty(await seams.Store.LeaseAsync(Ask(), Now, Cancel));
    }

    private static LeaseRequest Ask() => new() { Worker = QueueScript.Worker, Count = 1, Duration = TimeSpan.FromMinutes(1) };

    private Task<long> CountWaitingAsync(string like) => _schema.QueryAsync<long>($"""
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{_schema.Name}' AND wait_event_type = 'Lock' AND query LIKE '{like}'
        """);
}
