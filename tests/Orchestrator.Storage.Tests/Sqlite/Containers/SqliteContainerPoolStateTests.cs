using Orchestrator.Conformance.Containers;
using Orchestrator.Containers;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Containers;
using Orchestrator.Storage.Tests.Sqlite.Routing;

namespace Orchestrator.Storage.Tests.Sqlite.Containers;

public sealed class SqliteContainerPoolStateTests : ContainerPoolStateConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IContainerPoolState Open() =>
        new SqliteContainerPoolState(_file.Open(), new WorkerIdentity { Id = "i", WorkerName = "w", ContainerName = "c1" }, new MaskingRedactor("hunter2"));

    [Fact]
    public async Task Every_row_can_be_asked_by_plain_SQL()
    {
        await Open().SetAsync(Entry("a", "w"), Cancel);
        await Open().AddRequestAsync(Request(1), Cancel);

        Assert.Equal(
            "a|w|status|a|1|c1|1767270615123",
            await _file.QueryAsync<string>(
                "SELECT pool || '|' || worker_name || '|' || key || '|' || json_extract(value, '$.pool') || '|' || version || '|' || container_name || '|' || created_at FROM container_pool_state"));
        Assert.Equal(
            "a|drain|pending|w|a-1|1767270615123|1767270675123",
            await _file.QueryAsync<string>(
                "SELECT pool || '|' || kind || '|' || state || '|' || worker_name || '|' || container_name || '|' || created_at || '|' || expires_at FROM container_pool_requests"));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("9e999")]
    [InlineData("'heavy'")]
    public async Task A_weight_that_cannot_be_right_does_not_stop_the_requests_beside_it(string weight)
    {
        await Open().AddRequestAsync(Request(1) with { Kind = PoolRequestKind.Weight, Weight = 2 }, Cancel);
        await Open().AddRequestAsync(Request(2), Cancel);
        await _file.ExecuteAsync($"UPDATE container_pool_requests SET weight = {weight} WHERE kind = 'weight'");

        var taken = await Open().TakeRequestsAsync("w", Request(1).CreatedAt, Cancel);

        Assert.Equal([(Request(1).Id, null), (Request(2).Id, null)], taken.Select(request => (request.Id, request.Weight)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue + 3L)]
    public async Task A_number_of_instances_that_cannot_be_right_does_not_stop_the_requests_beside_it(long instances)
    {
        await Open().AddRequestAsync(Request(1) with { Kind = PoolRequestKind.Scale, Instances = 2 }, Cancel);
        await Open().AddRequestAsync(Request(2), Cancel);
        await _file.ExecuteAsync($"UPDATE container_pool_requests SET instances = {instances} WHERE kind = 'scale'");

        var taken = await Open().TakeRequestsAsync("w", Request(1).CreatedAt, Cancel);

        Assert.Equal([(Request(1).Id, null), (Request(2).Id, null)], taken.Select(request => (request.Id, request.Instances)));
    }

    [Fact]
    public async Task A_secret_in_a_value_or_an_outcome_does_not_reach_the_disk()
    {
        await Open().SetAsync(Entry("a", "w") with { Value = """{"problem":"hunt\u0065r2"}""" }, Cancel);
        await Open().AddRequestAsync(Request(1), Cancel);
        await Open().TakeRequestsAsync("w", Request(1).CreatedAt, Cancel);
        await Open().EndRequestAsync(Request(1).Id, PoolRequestState.Refused, "not with hunter2", Request(1).CreatedAt, Cancel);

        var bytes = await _file.AllBytesAsync();
        Assert.DoesNotContain("hunter2", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("hunt\\u0065r2", bytes, StringComparison.Ordinal);
    }
}
