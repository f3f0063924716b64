using Orchestrator.Conformance;
using Orchestrator.Executions;
using Orchestrator.Routing;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteExecutionLogTests : ExecutionLogConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IExecutionLog Open() => new SqliteExecutionLog(_file.Open(), null);

    [Fact]
    public async Task A_decision_is_kept_whole_with_who_decided()
    {
        var decision = new RoutingDecision { Id = Guid.Parse("11111111-2222-3333-4444-555555555555"), Provider = "codex", Model = "gpt-5", Fallbacks = ["jules"], Score = 0.25 };

        await Open().AssignedAsync(
            new ProviderAssignment { TaskId = "t1", Decision = decision, At = _file.Time.GetUtcNow(), WorkerName = "w", ContainerName = "c" }, Cancel);

        Assert.Equal(
            "t1|11111111-2222-3333-4444-555555555555|codex|gpt-5|jules|w|c|1767225600000",
            await _file.QueryAsync<string>("""
                SELECT task_id || '|' || decision_id || '|' || provider || '|' || model || '|' || json_extract(decision, '$.fallbacks[0]') || '|' || worker_name
                    || '|' || container_name || '|' || created_at
                FROM ai_provider_assignments
                """));
    }

    [Fact]
    public async Task Money_is_stored_as_whole_nano_dollars()
    {
        await Open().SaveAsync(
            new ExecutionRecord { Id = "e1", TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Succeeded, CostUsd = 0.1m, StartedAt = _file.Time.GetUtcNow() }, Cancel);

        Assert.Equal("integer|100000000", await _file.QueryAsync<string>("SELECT typeof(cost_nano_usd) || '|' || cost_nano_usd FROM ai_provider_executions"));
    }
}
