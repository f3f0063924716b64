using Orchestrator.Conformance.Routing;
using Orchestrator.Queue;
using Orchestrator.Routing.State;
using Orchestrator.Storage.Sqlite.Routing;

namespace Orchestrator.Storage.Tests.Sqlite.Routing;

public sealed class SqliteRoutingStateTests : RoutingStateConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IRoutingStateStore Open() => new SqliteRoutingStateStore(_file.Open(), new WorkerIdentity { Id = "w1", WorkerName = "w1", ContainerName = "c1" }, null);

    protected override ValueTask LetPassAsync(TimeSpan time)
    {
        _file.Time.Advance(time);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_row_says_who_wrote_it_and_when()
    {
        var store = Open();
        BudgetClaim claim = new(new BudgetKey("b", "*", DateTimeOffset.UnixEpoch), 1, 1);
        await store.SaveAsync([new RoutingStateEntry("session", "k", "1", DateTimeOffset.UnixEpoch)], Cancel);
        await store.ReserveAsync(new BudgetReservation { Id = "r", Claims = [claim], Duration = TimeSpan.FromMinutes(1), WorkerName = "w1", ContainerName = "c1" }, Cancel);

        foreach (var table in (string[])["ai_routing_state", "ai_routing_budgets", "ai_routing_reservations", "ai_routing_claims"])
        {
            Assert.Equal("w1|c1|1767225600000", await _file.QueryAsync<string>($"SELECT worker_name || '|' || container_name || '|' || created_at FROM {table}"));
        }

        await store.SettleAsync(new BudgetSettlement("r", 5, 6, [claim]), Cancel);
        Assert.Equal("1767225600000|5|6", await _file.QueryAsync<string>("SELECT settled_at || '|' || nano_usd || '|' || tokens FROM ai_routing_reservations"));
        Assert.Equal(0, await _file.QueryAsync<long>("SELECT count(*) FROM ai_routing_claims"));
    }

    [Fact]
    public async Task No_secret_gets_into_the_file_and_the_owner_that_held_one_keeps_its_budget()
    {
        var store = new SqliteRoutingStateStore(_file.Open(), null, new MaskingRedactor("hunter2hunter2"));
        BudgetClaim claim = new(new BudgetKey("b", "hunter2hunter2", DateTimeOffset.UnixEpoch), 10, 0, 10);
        BudgetReservation reservation = new() { Id = "r", Claims = [claim], Duration = TimeSpan.FromMinutes(1) };

        await store.SaveAsync([new RoutingStateEntry("session", "hunter2hunter2", """{"a":"hunter2\u0068unter2"}""", DateTimeOffset.UnixEpoch)], Cancel);
        Assert.True((await store.ReserveAsync(reservation, Cancel)).Reserved);
        Assert.False((await store.ReserveAsync(reservation with { Id = "r2" }, Cancel)).Reserved);

        Assert.DoesNotContain("hunter2", await _file.AllBytesAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reservation_reads_by_index_only()
    {
        await Open().LoadAsync(Cancel);

        Assert.Contains(
            "SEARCH TABLE ai_routing_budgets USING INDEX",
            await _file.PlanAsync("SELECT id, spent_nano_usd FROM ai_routing_budgets WHERE budget = '' AND owner = '' AND window_start = 0 AND window_end = 0"),
            StringComparison.Ordinal);
        Assert.Contains(
            "SEARCH TABLE ai_routing_claims USING INDEX ai_routing_claims_budget (budget_id=? AND expires_at>?)",
            await _file.PlanAsync("SELECT nano_usd, tokens FROM ai_routing_claims WHERE budget_id = 1 AND expires_at > 0"),
            StringComparison.Ordinal);
    }
}
