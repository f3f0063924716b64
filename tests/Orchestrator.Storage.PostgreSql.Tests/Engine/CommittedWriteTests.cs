using Orchestrator.Conformance;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

/// <summary>What was committed is told, whatever becomes of the work that follows it in transactions of its own.</summary>
[Trait("Engine", "Postgres")]
public sealed class CommittedWriteTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Now + TimeSpan.FromHours(2);
    private static readonly TaskWindow FirstHour = new() { From = new TimeOnly(0, 0), To = new TimeOnly(1, 0) };

    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task A_task_that_was_added_is_told_also_when_the_counters_cannot_be_added_up()
    {
        var store = _schema.OpenStore();
        await store.InitializeAsync(Cancel);
        await _schema.ExecuteAsync("CREATE OR REPLACE FUNCTION fold_counters(p_now bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$");

        // More often than they are left alone.
        foreach (var i in Enumerable.Range(0, 501))
        {
            Assert.Equal(EnqueueStatus.Enqueued, Assert.Single(await store.AddAsync([QueueScript.Submission($"t{i}")], Now, Cancel)).Status);
        }
    }

    [Fact]
    public async Task What_was_leased_is_told_also_when_the_windows_of_other_tasks_cannot_be_computed()
    {
        var store = _schema.OpenStore();
        await store.AddAsync([QueueScript.Submission("window") with { Window = FirstHour }, QueueScript.Submission("free")], Now, Cancel);
        await RefuseWindowsAsync();

        Assert.Equal("free", Assert.Single(await store.LeaseAsync(Ask(), Later, Cancel)).Task.Id);
        Assert.Equal(StorageErrorCodes.DiskFull, (await Assert.ThrowsAsync<StorageException>(async () => await store.LeaseAsync(Ask(), Later, Cancel))).Code);

        await AllowWindowsAsync();
        Assert.Equal("window", Assert.Single(await store.LeaseAsync(Ask(), Now + TimeSpan.FromDays(1), Cancel)).Task.Id);
    }

    [Fact]
    public async Task What_was_ended_and_leased_is_told_also_when_the_window_of_a_task_that_failed_cannot_be_computed()
    {
        var store = _schema.OpenStore();
        await store.AddAsync([QueueScript.Submission("window") with { Window = FirstHour, MaxAttempts = 3 }], Now, Cancel);
        var first = Assert.Single(await store.LeaseAsync(Ask(), Now, Cancel));
        await store.AddAsync([QueueScript.Submission("free")], Now, Cancel);
        await RefuseWindowsAsync();

        var exchange = await store.EndAsync([TaskOutcome.Failed(first.Token, QueueScript.Failure() with { Retryable = true })], Ask(), Later, Cancel);

        Assert.Equal((LeaseStatus.Held, "free"), (Assert.Single(exchange.Ended), Assert.Single(exchange.Leased).Task.Id));
        await AllowWindowsAsync();
        Assert.Equal("window", Assert.Single(await store.LeaseAsync(Ask(), Now + TimeSpan.FromDays(1), Cancel)).Task.Id);
    }

    [Fact]
    public async Task What_was_ended_is_told_when_nothing_can_be_leased_nor_any_window_be_computed()
    {
        var store = _schema.OpenStore();
        await store.AddAsync([QueueScript.Submission("window") with { Window = FirstHour, MaxAttempts = 3 }], Now, Cancel);
        var lease = Assert.Single(await store.LeaseAsync(Ask(), Now, Cancel));
        await RefuseWindowsAsync();

        var exchange = await store.EndAsync([TaskOutcome.Failed(lease.Token, QueueScript.Failure() with { Retryable = true })], Ask(), Later, Cancel);

        Assert.Equal((LeaseStatus.Held, 0), (Assert.Single(exchange.Ended), exchange.Leased.Count));
        Assert.Equal(QueuedTaskState.Retryable, (await store.GetAsync("window", Cancel))!.State);
    }

    private async Task RefuseWindowsAsync() => await _schema.ExecuteAsync("""
        CREATE FUNCTION refuse_window() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no window' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER refuse_window BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.closes_at > 0 AND NEW.closes_at IS DISTINCT FROM OLD.closes_at) EXECUTE FUNCTION refuse_window();
        """);

    private async Task AllowWindowsAsync() => await _schema.ExecuteAsync("DROP TRIGGER refuse_window ON tasks");

    private static LeaseRequest Ask() => new() { Worker = QueueScript.Worker, Count = 2, Duration = TimeSpan.FromMinutes(1) };
}
