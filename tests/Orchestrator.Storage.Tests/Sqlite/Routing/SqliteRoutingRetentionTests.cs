using Dapper;
using Orchestrator.Conformance.Routing;
using Orchestrator.Routing.State;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Maintenance;
using Orchestrator.Storage.Sqlite.Routing;

namespace Orchestrator.Storage.Tests.Sqlite.Routing;

public sealed class SqliteRoutingRetentionTests : IDisposable
{
    private readonly SqliteFile _file = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteRoutingStateStore _state;
    private readonly RoutingLeftovers _left;

    public SqliteRoutingRetentionTests()
    {
        _database = _file.Open();
        _state = new SqliteRoutingStateStore(_database, null, null);
        _left = new RoutingLeftovers(new SqliteRoutingDecisionLog(_database, null, null), _state, _file.Time.GetUtcNow());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Decisions_go_with_their_outcomes_unless_their_task_is_not_over()
    {
        await _file.OpenSeams().Store.InitializeAsync(Cancel);
        await _file.ExecuteAsync("INSERT INTO tasks (id, queue, type, state, priority, available_at, max_attempts, created_at) VALUES ('waits', 'q', 't', 'available', 0, 0, 1, 0)");
        await _left.DecideAsync(1, 30.1, outcome: 1);
        await _left.DecideAsync(2, 29.9, outcome: 40);
        await _left.DecideAsync(3, 31, task: "waits");
        await _left.LearnAsync(4, 31);
        await _left.LearnAsync(5, 29);

        var result = await ApplyAsync(new RetentionPolicy());

        Assert.Equal((1, 1), (result.RoutingDecisions, result.Total));
        Assert.Equal("2:1,3:1,5:1", await _left.DecisionsAsync());
        Assert.Equal(0, (await ApplyAsync(new RetentionPolicy { RoutingDecisions = null })).Total);
    }

    [Fact]
    public async Task Configurations_go_once_no_decision_needs_them_but_for_the_ten_used_last()
    {
        await _left.DecideAsync(1, 1, snapshot: "needed");
        await _left.ConfigureAsync("needed", 300);
        await _left.ConfigureAsync("young", 29);
        foreach (var i in Enumerable.Range(0, 15))
        {
            await _left.ConfigureAsync($"old{i:00}", 200 - i);
        }

        await _left.ConfigureAsync("old00", 28);
        await ApplyAsync(new RetentionPolicy());

        Assert.Equal("needed,old00,old07,old08,old09,old10,old11,old12,old13,old14,young", await NamesAsync("SELECT digest FROM ai_routing_snapshots"));
    }

    [Fact]
    public async Task Windows_go_a_while_after_their_end_and_those_of_a_task_a_while_after_their_use()
    {
        await _left.SpendAsync("old", 90.1);
        await _left.SpendAsync("young", 89.9);
        await _left.SpendAsync("runs", -1);
        await _left.SpendAsync("total", null);
        await _left.SpendAsync("task", null, isOfTask: true);
        Assert.Equal(1, (await ApplyAsync(new RetentionPolicy())).RoutingBudgets);
        Assert.Equal("runs,task,total,young", await _left.BudgetsAsync());

        _file.Time.Advance(TimeSpan.FromDays(95));
        await _state.ReserveAsync(new BudgetReservation { Id = "r", Claims = [new BudgetClaim(new BudgetKey("task", "*", DateTimeOffset.UnixEpoch), 1, 1)], Duration = TimeSpan.FromDays(1) }, Cancel);
        await ApplyAsync(new RetentionPolicy { RoutingBudgets = TimeSpan.FromDays(1) });
        Assert.Equal("task,total", await _left.BudgetsAsync());

        _file.Time.Advance(TimeSpan.FromDays(2));
        await ApplyAsync(new RetentionPolicy { RoutingBudgets = TimeSpan.FromDays(1) });
        Assert.Equal("total", await _left.BudgetsAsync());
    }

    [Fact]
    public async Task A_settled_reservation_is_remembered_for_a_day_at_least()
    {
        await _left.SpendAsync("total", null);
        await ApplyAsync(new RetentionPolicy { RoutingBudgets = TimeSpan.Zero });
        _file.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, (await ApplyAsync(new RetentionPolicy { RoutingBudgets = TimeSpan.Zero })).RoutingBudgets);
        await _left.SpendAsync("total", null);
        Assert.Equal(10_000_000, Assert.Single(await _state.ListBalancesAsync(_file.Time.GetUtcNow(), Cancel)).SpentNanoUsd);

        _file.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, (await ApplyAsync(new RetentionPolicy { RoutingBudgets = TimeSpan.Zero })).RoutingBudgets);
        Assert.Equal("", await NamesAsync("SELECT id FROM ai_routing_reservations"));
    }

    [Fact]
    public async Task What_the_router_remembers_goes_but_never_what_it_learned_nor_who_is_drained()
    {
        await _left.RememberAsync("session", "old", 31);
        await _left.RememberAsync("health", "older", 99);
        await _left.RememberAsync("session", "young", 29);
        await _left.RememberAsync(RoutingStateKinds.Estimate, "learned", 999);
        await _left.RememberAsync(RoutingStateKinds.Draining, "drained", 999);

        Assert.Equal(2, (await ApplyAsync(new RetentionPolicy())).RoutingState);
        Assert.Equal("drained,learned,young", await _left.RememberedAsync());
    }

    [Fact]
    public async Task Many_decisions_go_in_small_transactions()
    {
        await _file.OpenSeams().Store.InitializeAsync(Cancel);
        await _file.ExecuteAsync("""
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 950)
            INSERT INTO ai_routing_decisions (id, task_id, reason, is_shadow, decision, task, snapshot_digest, state, worker_name, container_name, created_at)
            SELECT 'd' || n, 't', '', 0, '{}', '{}', 'd', '', 'w', 'c', n / 7 FROM numbers
            """);
        await _file.ExecuteAsync("""
            CREATE TABLE deleted (at TEXT);
            CREATE TRIGGER watch AFTER DELETE ON ai_routing_decisions BEGIN INSERT INTO deleted VALUES (old.id); END
            """);
        var (most, rows) = (0, 0);
        await _database.WriteAsync(
            connection =>
            {
                SQLitePCL.raw.sqlite3_update_hook(connection.Handle, (_, _, _, table, _) => rows += table.utf8_to_string() == "deleted" ? 1 : 0, null);
                SQLitePCL.raw.sqlite3_commit_hook(
                    connection.Handle,
                    _ =>
                    {
                        (most, rows) = (Math.Max(most, rows), 0);
                        return 0;
                    },
                    null);
                return 0;
            },
            Cancel);

        Assert.Equal(950, (await ApplyAsync(new RetentionPolicy())).RoutingDecisions);

        Assert.InRange(most, 1, 100);
    }

    private ValueTask<RetentionResult> ApplyAsync(RetentionPolicy policy) =>
        new SqliteStorageMaintenance(_database, _file.Time).ApplyRetentionAsync(policy, _file.Time.GetUtcNow(), Cancel);

    private async Task<string> NamesAsync(string query) =>
        await _database.ReadAsync(connection => string.Join(',', connection.Query<string>(query).Order(StringComparer.Ordinal)), Cancel);
}
