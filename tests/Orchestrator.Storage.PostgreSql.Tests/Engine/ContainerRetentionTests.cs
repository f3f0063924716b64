using Orchestrator.Conformance.Containers;
using Orchestrator.Storage.PostgreSql.Containers;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class ContainerRetentionTests : IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task What_is_old_goes_and_what_is_young_stays()
    {
        var database = _schema.Open();
        var left = new ContainerLeftovers(new PostgreSqlContainerHistory(database, null), new PostgreSqlContainerPoolState(database, null, null), _now);
        var maintenance = new PostgreSqlStorageMaintenance(database);
        await left.LeaveAsync(30.1, 600);
        await left.LeaveAsync(29.9, 3);
        await left.KeepAsync(40, since: 0);
        await left.KeepAsync(90, since: 31);

        var kept = await maintenance.ApplyRetentionAsync(new RetentionPolicy { Containers = null }, _now, TestContext.Current.CancellationToken);
        var result = await maintenance.ApplyRetentionAsync(new RetentionPolicy(), _now, TestContext.Current.CancellationToken);

        Assert.Equal((0, 1203, 1203), (kept.Total, result.Containers, result.Total));
        Assert.Equal("3 3 1 2", await left.CountAsync());
    }
}
