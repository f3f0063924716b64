using Orchestrator.Conformance;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlExecutionLogTests : ExecutionLogConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    protected override IExecutionLog Open(ISecretRedactor? redactor = null) => new PostgreSqlExecutionLog(_schema.Open(), redactor);

    [Fact]
    public async Task Events_go_with_their_attempt()
    {
        var log = Open();
        await log.SaveAsync(new ExecutionRecord { Id = "e1", TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Succeeded, StartedAt = DateTimeOffset.UnixEpoch }, Cancel);
        await log.SaveEventsAsync(new ExecutionEvents { ExecutionId = "e1", Events = [new AgentMessage { Text = "one" }], At = DateTimeOffset.UnixEpoch }, Cancel);

        await _schema.ExecuteAsync($"DELETE FROM {_schema.Name}.ai_provider_executions");

        Assert.Null(await log.ListEventsAsync("e1", Cancel));
    }
}
