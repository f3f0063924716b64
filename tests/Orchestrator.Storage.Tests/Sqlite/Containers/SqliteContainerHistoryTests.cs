using Orchestrator.Conformance.Containers;
using Orchestrator.Containers;
using Orchestrator.Storage.Sqlite.Containers;
using Orchestrator.Storage.Tests.Sqlite.Routing;

namespace Orchestrator.Storage.Tests.Sqlite.Containers;

public sealed class SqliteContainerHistoryTests : ContainerHistoryConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IContainerHistory Open() => new SqliteContainerHistory(_file.Open(), null);

    [Fact]
    public async Task Every_row_can_be_asked_by_plain_SQL()
    {
        await Open().AppendAsync([Transition("a-1", 0) with { EngineId = "e" }], [Check("a-1", 1) with { Message = "m", Duration = TimeSpan.FromMilliseconds(2) }], Cancel);

        Assert.Equal(
            "a|e|unknown|crash_loop|it ended with exit code 1|w 1|a-1|1767270615123",
            await _file.QueryAsync<string>(
                "SELECT pool || '|' || engine_id || '|' || from_state || '|' || to_state || '|' || reason || '|' || worker_name || '|' || container_name || '|' || created_at FROM container_instances"));
        Assert.Equal(
            "a|liveness|0|m|2000|w 1|a-1|1767270616123",
            await _file.QueryAsync<string>(
                "SELECT pool || '|' || kind || '|' || passed || '|' || message || '|' || duration_us || '|' || worker_name || '|' || container_name || '|' || created_at FROM container_health_checks"));
    }

    [Fact]
    public async Task A_secret_in_a_reason_or_a_finding_does_not_reach_the_disk()
    {
        var history = new SqliteContainerHistory(_file.Open(), new MaskingRedactor("hunter2"));

        await history.AppendAsync([Transition("a-1", 0) with { Reason = "hunter2 was wrong" }], [Check("a-1", 1) with { Message = "hunter2" }], Cancel);

        Assert.DoesNotContain("hunter2", await _file.AllBytesAsync(), StringComparison.Ordinal);
        Assert.Contains("was wrong", Assert.Single(await history.ListTransitionsAsync("a", null, 1, Cancel)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM container_instances WHERE pool = 'a' ORDER BY id DESC LIMIT 5", "container_instances_pool")]
    [InlineData("SELECT * FROM container_instances WHERE container_name = 'a' AND +pool = 'a' ORDER BY id DESC LIMIT 5", "container_instances_instance")]
    [InlineData("SELECT * FROM container_health_checks WHERE container_name = 'a' AND +pool = 'a' ORDER BY id DESC LIMIT 5", "container_health_checks_instance")]
    [InlineData("SELECT seq FROM container_pool_requests WHERE worker_name = 'w' AND state = 'pending' AND expires_at > 1 ORDER BY seq", "container_pool_requests_pending")]
    public async Task Lists_go_by_an_index_and_sort_nothing(string sql, string index)
    {
        await Open().AppendAsync([Transition("a-1", 0)], [], Cancel);

        var plan = await _file.PlanAsync(sql);

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("B-TREE", plan, StringComparison.Ordinal);
    }
}
