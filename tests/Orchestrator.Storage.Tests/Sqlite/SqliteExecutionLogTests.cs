using Orchestrator.Conformance;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteExecutionLogTests : ExecutionLogConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IExecutionLog Open(ISecretRedactor? redactor = null) => new SqliteExecutionLog(_file.Open(), redactor);

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

    [Fact]
    public async Task Events_go_with_their_attempt()
    {
        var log = Open();
        await log.SaveAsync(new ExecutionRecord { Id = "e1", TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Succeeded, StartedAt = _file.Time.GetUtcNow() }, Cancel);
        await log.SaveEventsAsync(new ExecutionEvents { ExecutionId = "e1", Events = [new AgentMessage { Text = "one" }], At = _file.Time.GetUtcNow() }, Cancel);

        await _file.ExecuteAsync("PRAGMA foreign_keys = ON; DELETE FROM ai_provider_executions");

        Assert.Null(await log.ListEventsAsync("e1", Cancel));
    }

    [Fact]
    public async Task Events_of_a_later_version_are_read_as_far_as_this_one_knows_them()
    {
        var log = Open();
        await log.SaveAsync(new ExecutionRecord { Id = "e1", TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Succeeded, StartedAt = _file.Time.GetUtcNow() }, Cancel);
        await log.SaveEventsAsync(new ExecutionEvents { ExecutionId = "e1", Events = [], Omitted = 1, At = _file.Time.GetUtcNow() }, Cancel);
        await _file.ExecuteAsync("""
            UPDATE ai_provider_execution_events SET events = '{"kind":"sang","song":"la"}' || char(10) || '{"kind":"message","text":null}' || char(10) || '{"kind":"message","text":"two","volume":3}'
            """);

        var read = (await log.ListEventsAsync("e1", Cancel))!;

        Assert.Equal(typeof(AgentEvent), read.Events[0].GetType());
        Assert.Equal(new AgentMessage { Text = "two" }, read.Events[^1]);
        Assert.Equal((2, 2L), (read.Events.Count, read.Omitted));
    }
}
