using Orchestrator.Conformance;
using Orchestrator.Queue;
using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class ClockTests : IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task Machines_whose_clocks_are_minutes_apart_agree_on_the_time()
    {
        var real = TimeProvider.System.GetUtcNow();
        var behind = new PostgreSqlTaskStore(_schema.Open(time: new ManualTimeProvider(real - TimeSpan.FromMinutes(5))), null);
        var ahead = new PostgreSqlTaskStore(_schema.Open(time: new ManualTimeProvider(real + TimeSpan.FromMinutes(5))), null);

        var (one, other) = (await behind.GetTimeAsync(Cancel), await ahead.GetTimeAsync(Cancel));

        Assert.InRange((one - other).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_lease_given_by_a_machine_that_is_behind_is_not_taken_back_by_one_that_is_ahead()
    {
        var real = TimeProvider.System.GetUtcNow();
        var behind = new PostgreSqlTaskStore(_schema.Open(time: new ManualTimeProvider(real - TimeSpan.FromMinutes(5))), null);
        var ahead = new PostgreSqlTaskStore(_schema.Open(time: new ManualTimeProvider(real + TimeSpan.FromMinutes(5))), null);
        await ahead.AddAsync([QueueScript.Submission("a")], await ahead.GetTimeAsync(Cancel), Cancel);

        var later = await behind.GetTimeAsync(Cancel) + TimeSpan.FromSeconds(1);
        var lease = Assert.Single(await behind.LeaseAsync(new LeaseRequest { Worker = QueueScript.Worker }, later, Cancel));

        Assert.Empty(await ahead.ReclaimExpiredAsync(await ahead.GetTimeAsync(Cancel), Cancel));
        Assert.Equal(LeaseStatus.Held, Assert.Single((await behind.EndAsync([TaskOutcome.Completed(lease.Token)], null, later, Cancel)).Ended));
    }

    [Fact]
    public async Task The_time_goes_on_between_measurements()
    {
        var clock = new ManualTimeProvider();
        var store = new PostgreSqlTaskStore(_schema.Open(time: clock), null);
        var before = await store.GetTimeAsync(Cancel);

        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(20), await store.GetTimeAsync(Cancel) - before);
    }
}
