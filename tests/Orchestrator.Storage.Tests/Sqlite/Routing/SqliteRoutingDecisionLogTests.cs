using Orchestrator.Conformance.Routing;
using Orchestrator.Queue;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Storage.Sqlite.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Storage.Tests.Sqlite.Routing;

public sealed class SqliteRoutingDecisionLogTests : RoutingDecisionLogConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IRoutingDecisionLog Open() => new SqliteRoutingDecisionLog(_file.Open(), new WorkerIdentity { Id = "w1", WorkerName = "w1", ContainerName = "c1" }, null);

    [Fact]
    public async Task Every_row_can_be_asked_by_plain_SQL()
    {
        var id = Guid.Parse("11111111-2222-3333-4444-555555555555");
        var log = Open();
        await log.AppendAsync([Record(id, "x") with { WorkerName = "w1", ContainerName = "c1" }], Cancel);
        await log.AppendOutcomesAsync([new RecordedOutcome(new ExecutionOutcome(id, "codex", AgentTaskType.Fix, OutcomeStage.Ended, Providers.FailureClass.RateLimited), _file.Time.GetUtcNow())], Cancel);
        await log.SaveSnapshotAsync(new RoutingSnapshotRecord("d", "{}", _file.Time.GetUtcNow()), Cancel);

        Assert.Equal(
            $"{id}|t1|codex|best_score|0|0.25|d|w1|c1|1767225600000",
            await _file.QueryAsync<string>("""
                SELECT id || '|' || task_id || '|' || provider || '|' || reason || '|' || is_shadow || '|' || json_extract(decision, '$.score') || '|' || snapshot_digest || '|' || worker_name
                    || '|' || container_name || '|' || created_at
                FROM ai_routing_decisions
                """));
        Assert.Equal(
            $"{id}|codex|ended|rate_limited|w1|c1|1767225600000",
            await _file.QueryAsync<string>("SELECT decision_id || '|' || provider || '|' || stage || '|' || failure || '|' || worker_name || '|' || container_name || '|' || created_at FROM ai_routing_outcomes"));
        Assert.Equal("w1|c1|1767225600000", await _file.QueryAsync<string>("SELECT worker_name || '|' || container_name || '|' || created_at FROM ai_routing_snapshots"));
    }

    [Fact]
    public async Task No_secret_gets_into_the_file()
    {
        var log = new SqliteRoutingDecisionLog(_file.Open(), null, new MaskingRedactor("hunter2hunter2"));
        var record = Record(Guid.Parse("11111111-2222-3333-4444-555555555555"), "hunter2hunter2") with { State = "hunter2hunter2", Constraints = new RoutingConstraints { Excluded = ["hunter2hunter2"] } };

        await log.AppendAsync([record], Cancel);
        await log.SaveSnapshotAsync(new RoutingSnapshotRecord("d", """{"key":"hunter2\u0068unter2"}""", _file.Time.GetUtcNow()), Cancel);

        Assert.Equal("***", (await log.FindAsync(record.Decision.Id, Cancel))!.Task.Labels["tenant"]);
        Assert.DoesNotContain("hunter2", await _file.AllBytesAsync(), StringComparison.Ordinal);
    }

    private RoutingRecord Record(Guid id, string tenant) => new()
    {
        Decision = new RoutingDecision { Id = id, Provider = "codex", Model = tenant, Reason = RoutingReason.BestScore, Because = tenant, Score = 0.25 },
        Task = new AgentTask { Id = "t1", Type = AgentTaskType.Fix, Instructions = "-", Source = new LocalSource { Path = "/r" }, Labels = ValueMap.Empty.With("tenant", tenant) },
        SnapshotDigest = "d",
        State = "",
        At = _file.Time.GetUtcNow(),
    };
}
