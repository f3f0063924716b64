using Orchestrator.Conformance;
using Orchestrator.Conformance.Routing;
using Orchestrator.Routing.State;
using Orchestrator.Storage.PostgreSql.Routing;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class RoutingRetentionTests : IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly PostgreSqlRoutingStateStore _state;
    private readonly PostgreSqlStorageMaintenance _maintenance;
    private readonly RoutingLeftovers _left;

    public RoutingRetentionTests()
    {
        var database = _schema.Open();
        _state = new PostgreSqlRoutingStateStore(database, null, null);
        _maintenance = new PostgreSqlStorageMaintenance(database);
        _left = new RoutingLeftovers(new PostgreSqlRoutingDecisionLog(database, null, null), _state, _now);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task Decisions_go_with_their_outcomes_unless_their_task_is_not_over()
    {
        await new QueueScript(_schema.OpenSeams()).AddAsync("waits");
        await _left.DecideAsync(1, 30.1, outcome: 1);
        await _left.DecideAsync(2, 29.9, outcome: 40);
        await _left.DecideAsync(3, 31, task: "waits");
        await _left.LearnAsync(4, 31);
        await _left.LearnAsync(5, 29);

        var result = await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _now, Cancel);

        Assert.Equal((1, 1), (result.RoutingDecisions, result.Total));
        Assert.Equal("2:1,3:1,5:1", await _left.DecisionsAsync());
    }

    [Fact]
    public async Task Configurations_go_once_no_decision_needs_them_but_for_the_ten_used_last()
    {
        await _left.DecideAsync(1, 1, snapshot: "needed");
        await _left.ConfigureAsync("needed", 300);
        foreach (var i in Enumerable.Range(0, 15))
        {
            await _left.ConfigureAsync($"old{i:00}", 200 - i);
        }

        await _left.ConfigureAsync("old00", 28);
        await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _now, Cancel);

        Assert.Equal(
            "needed,old00,old06,old07,old08,old09,old10,old11,old12,old13,old14",
            await _schema.QueryAsync<string>("SELECT string_agg(digest, ',' ORDER BY digest) FROM ai_routing_snapshots"));
    }

    [Fact]
    public async Task Windows_and_reservations_go_a_while_after_they_were_over()
    {
        await _left.SpendAsync("old", 90.1);
        await _left.SpendAsync("young", 89.9);
        await _left.SpendAsync("total", null);
        await _left.SpendAsync("task", null, isOfTask: true);
        await _left.SpendAsync("busy", null, isOfTask: true);
        Assert.Equal(1, (await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _now, Cancel)).RoutingBudgets);
        Assert.Equal("busy,task,total,young", await _left.BudgetsAsync());
        Assert.Equal(5, await _schema.QueryAsync<long>("SELECT count(*) FROM ai_routing_reservations"));

        await _state.ReserveAsync(new BudgetReservation { Id = "r", Claims = [new BudgetClaim(new BudgetKey("busy", "*", DateTimeOffset.UnixEpoch), 1, 1)], Duration = TimeSpan.FromDays(7) }, Cancel);
        await _maintenance.ApplyRetentionAsync(new RetentionPolicy { RoutingBudgets = TimeSpan.FromDays(1) }, _now.AddDays(1.1), Cancel);
        Assert.Equal("busy,total", await _left.BudgetsAsync());
        Assert.Equal("r", await _schema.QueryAsync<string>("SELECT string_agg(id, ',') FROM ai_routing_reservations"));
    }

    [Fact]
    public async Task What_the_router_remembers_goes_but_never_what_it_learned_nor_who_is_drained()
    {
        await _left.RememberAsync("session", "old", 31);
        await _left.RememberAsync("session", "young", 29);
        await _left.RememberAsync(RoutingStateKinds.Estimate, "learned", 999);
        await _left.RememberAsync(RoutingStateKinds.Draining, "drained", 999);

        Assert.Equal(1, (await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _now, Cancel)).RoutingState);
        Assert.Equal("drained,learned,young", await _left.RememberedAsync());
    }

    [Fact]
    public async Task Many_decisions_go_in_statements_of_a_limited_size()
    {
        await _state.LoadAsync(Cancel);
        await _schema.ExecuteAsync($"""
            INSERT INTO ai_routing_decisions (id, task_id, reason, is_shadow, decision, task, snapshot_digest, state, worker_name, container_name, created_at)
            SELECT 'd' || n, 't', '', false, '', '', 'd', '', 'w', 'c', n / 7 FROM generate_series(1, 950) n;
            CREATE TABLE sizes (lines bigint NOT NULL);
            CREATE FUNCTION measure() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO {_schema.Name}.sizes SELECT count(*) FROM gone; RETURN NULL; END';
            CREATE TRIGGER measure AFTER DELETE ON ai_routing_decisions REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION measure()
            """);

        Assert.Equal(950, (await _maintenance.ApplyRetentionAsync(new RetentionPolicy(), _now, Cancel)).RoutingDecisions);

        Assert.Equal(200, await _schema.QueryAsync<long>("SELECT max(lines) FROM sizes"));
    }
}
