using Orchestrator.Conformance.Containers;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Containers;
using Orchestrator.Storage.Sqlite.Maintenance;

namespace Orchestrator.Storage.Tests.Sqlite.Containers;

public sealed class SqliteContainerRetentionTests : IDisposable
{
    private readonly SqliteFile _file = new();
    private readonly SqliteDatabase _database;
    private readonly ContainerLeftovers _left;

    public SqliteContainerRetentionTests()
    {
        _database = _file.Open();
        _left = new ContainerLeftovers(new SqliteContainerHistory(_database, null), new SqliteContainerPoolState(_database, null, null), _file.Time.GetUtcNow());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task What_is_old_goes_and_what_is_young_stays()
    {
        await _left.LeaveAsync(30.1, 600);
        await _left.LeaveAsync(29.9, 3);
        await _left.KeepAsync(40, since: 0);
        await _left.KeepAsync(90, since: 31);

        Assert.Equal(0, (await ApplyAsync(new RetentionPolicy { Containers = null })).Total);
        var result = await ApplyAsync(new RetentionPolicy());

        Assert.Equal((1203, 1203), (result.Containers, result.Total));
        Assert.Equal("3 3 1 2", await _left.CountAsync());
        Assert.Equal(0, (await ApplyAsync(new RetentionPolicy())).Total);
    }

    private ValueTask<RetentionResult> ApplyAsync(RetentionPolicy policy) =>
        new SqliteStorageMaintenance(_database, _file.Time).ApplyRetentionAsync(policy, _file.Time.GetUtcNow(), Cancel);
}
